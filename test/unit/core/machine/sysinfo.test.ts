import { describe, expect, test } from "vitest";
import { readSysinfo, sysinfoText } from "../../../../src/core/machine/sysinfo.ts";
import { fixture } from "../../fixture.ts";

function read(name: string) {
  const found = readSysinfo(fixture(`sysinfo/${name}.txt`));
  if (found === undefined) throw new Error(`${name} was not understood`);
  return found;
}

describe("/proc/sysinfo", () => {
  test.each([
    ["lpar", [], "none (in partition LXBARE1 of IBM 8561)"],
    ["zvm", ["z/VM"], "z/VM 7.3.0 in partition ZVMA of IBM 8561"],
    ["kvm", ["KVM"], "KVM/Linux in partition KVMHOST1 of IBM 8561"],
    ["kvm-under-zvm", ["KVM", "z/VM"], "KVM/Linux under z/VM 7.2.0 in partition ZVMA of IBM 8561"],
    ["zvm-under-zvm", ["z/VM", "z/VM"], "z/VM 7.3.0 under z/VM 7.2.0 in partition ZVMA of IBM 8561"],
    ["qemu-tcg", [], "none (in partition QEMU of a 3906 that QEMU emulates)"],
    ["hercules", [], "none (in partition HERCULES of a 2097 that Hercules emulates)"],
    ["kvm-under-hercules", ["KVM"], "KVM/Linux in partition HERCULES of a 2097 that Hercules emulates"],
  ])("of %s has the hypervisors below it, innermost first", (name, kinds, text) => {
    const found = read(name);
    expect(found.hypervisors.map(({ kind }) => kind)).toEqual(kinds);
    expect(sysinfoText(found)).toBe(text);
  });

  test("says which partition it is of, and what the machine is", () => {
    expect(read("lpar")).toMatchObject({
      manufacturer: "IBM",
      type: "8561",
      model: "708 T01",
      emulator: undefined,
      partition: "LXBARE1",
    });
    expect([read("qemu-tcg").emulator, read("hercules").emulator]).toEqual(["QEMU", "Hercules"]);
  });

  test("may have more than one hypervisor of a kind that is not known, and no partition", () => {
    const found = readSysinfo(
      "Manufacturer: IBM\nType: 2964\nVM00 Name: A\nVM00 Control Program: PR/SM  9\nVM01 Control Program: z/VM    6.1.0\n",
    );
    expect(found).toMatchObject({
      partition: undefined,
      hypervisors: [
        { kind: "PR/SM 9", program: "PR/SM 9" },
        { kind: "z/VM", program: "z/VM 6.1.0" },
      ],
    });
  });

  test.each(["", "cat: /proc/sysinfo: No such file or directory\n", "== something\n"])(
    "is undefined where there is none: %j",
    (text) => {
      expect(readSysinfo(text)).toBeUndefined();
    },
  );
});
