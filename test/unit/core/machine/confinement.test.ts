import { describe, expect, test } from "vitest";
import { confineCommand, confinementOf, pinningOf } from "../../../../src/core/machine/confinement.ts";

describe("what a machine says of its control group", () => {
  test("is the CPUs and memory that a process in it has", () => {
    const facts = `== image
1a2b
== confinement
cpuset.cpus.effective=0-1
cpuset.mems.effective=0
memory.max=805306368
nproc=2
level cpuset.cpus.effective=0-3
`;
    expect(confinementOf(facts)).toEqual({
      kind: "confined",
      cpus: 2,
      cpuList: "0-1",
      memoryBytes: 805_306_368,
    });
  });

  test("is the reason where it has none", () => {
    expect(
      confinementOf("== confinement\nunconfined=this host has no cgroup v2 at /sys/fs/cgroup\n"),
    ).toEqual({
      kind: "unconfined",
      why: "this host has no cgroup v2 at /sys/fs/cgroup",
    });
  });

  test("is not made up where it said nothing", () => {
    expect(confinementOf("== image\n1a2b\n")).toBeUndefined();
    expect(confinementOf("== confinement\nmemory.max=max\nnproc=2\n")).toBeUndefined();
  });

  test("and of its vCPUs, is where they are in the order of their numbers", () => {
    expect(pinningOf("== pinning\nvcpu 10=5\nvcpu 2=4\nvcpu 0=1\n")).toBe("1, 4, 5");
    expect(pinningOf("== image\n1a2b\n")).toBeUndefined();
  });
});

test("the control group is made from numbers alone, none of them in the script", () => {
  const { argv } = confineCommand({ cpus: [2, 6], memoryNodes: [0, 1], memoryBytes: 2 ** 30 });
  expect(argv.slice(3)).toEqual(["confine", "2,6", "0,1", "1073741824"]);
  expect(argv[2]).toBe(confineCommand({ cpus: [0], memoryNodes: [0], memoryBytes: 1 }).argv[2]);
});
