import { describe, expect, test } from "vitest";
import type { Size } from "../../../src/core/study/resources-policy.ts";
import { parseStudy, type Study } from "../../../src/core/study/study.ts";
import { checkedStudy } from "../../../src/core/study/study-check.ts";
import { workloadAt } from "../../../src/core/study/workload.ts";
import { platformNamed, platforms } from "../../../src/platforms/index.ts";
import { workloads } from "../../../src/workloads/index.ts";
import { parseSysbench } from "../../../src/workloads/sysbench.ts";
import { fixture } from "../fixture.ts";
import { workload } from "../made-up/study.ts";

const LARGE: Size = { cpus: 16, memoryBytes: 64 * 2 ** 30 };

function studyOf(name: string): Study {
  const read = parseStudy(fixture(`cases/${name}`), name, { workloads, platforms });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

function refusals(study: Study) {
  const checked = checkedStudy(study, platformNamed(study.platform));
  return checked.ok ? [] : checked.problems.filter(({ code }) => code === "workload-does-not-fit");
}

const at = (params: Readonly<Record<string, unknown>>, size = LARGE) =>
  workloadAt(workload("memory-write", params, size), 0);

describe("memory blocks", () => {
  test("of which no thread gets one are refused before anything starts, with sizes that fit", () => {
    expect(parseSysbench(fixture("cases/C11-memory-0-events.txt"))).toMatchObject({
      problems: [{ code: "no-events" }],
    });
    expect(refusals(studyOf("C11b-kvm.yaml"))).toEqual([
      {
        code: "workload-does-not-fit",
        at: "memory-16-threads",
        what: "memory-write at L0: 20GiB are 10 blocks of 2GiB, and 16 threads get none each: sysbench would count 0 events",
        hint: "blockSize: 1GiB or less, or totalSize: 32GiB or more, or threads: 10 or fewer",
      },
    ]);
  });

  test("are counted at the size of every level of machines that are there already", () => {
    expect(refusals(studyOf("C11c-ssh-8-cpus.yaml")).map(({ what }) => what.split(":")[0])).toEqual([
      "memory-write at L0",
      "memory-read at L0",
    ]);
  });

  test.each([
    [3, "1MiB", "5MiB", "5 blocks on 3 threads: 3 events"],
    [2, "4GiB", "12GiB", "3 blocks on 2 threads: 2 events"],
    [4, "1MiB", "8MiB", undefined],
  ])("on %d threads of %s out of %s: the plan says %s", (threads, blockSize, totalSize, said) => {
    const ready = at({ threads, blockSize, totalSize });
    expect(ready.unfit).toBeUndefined();
    expect(ready.remark).toBe(said);
  });

  test("are as many in the simulated machine's answer as sysbench would count", () => {
    const ready = at({ threads: 3, blockSize: "1MiB", totalSize: "5MiB" });
    const read = parseSysbench(ready.render({ throughputPerSecond: 10, threads: 3 }));
    expect(read.ok && read.value.more["events"]).toBe(3);
  });

  test.each([
    ["4000MiB", "blockSize: 2GiB, or 4GiB"],
    ["192MiB", "blockSize: 128MiB, or 256MiB"],
    ["4B", "blockSize: 1KiB"],
  ])("of %s are refused, because sysbench takes none but powers of two", (blockSize, hint) => {
    expect(at({ threads: 1, blockSize, totalSize: "16GiB" }).unfit).toMatchObject({
      what: expect.stringContaining("power of two"),
      hint,
    });
  });

  test("that do not fit in the memory are refused", () => {
    const small: Size = { cpus: 1, memoryBytes: 2 ** 30 };
    expect(at({ threads: 1 }, small).unfit).toEqual({
      what: "a block of 4 GiB does not fit in the 1 GiB that are measured",
      hint: "blockSize: 512MiB or less",
    });
  });

  test("that are larger than the total are refused without a count of threads that cannot help", () => {
    expect(at({ threads: 1, blockSize: "8GiB", totalSize: "1GiB" }).unfit?.hint).toBe(
      "blockSize: 1GiB or less, or totalSize: 8GiB or more",
    );
  });
});
