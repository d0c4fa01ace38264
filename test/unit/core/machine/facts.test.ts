import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  FACT_NAMES,
  FACTS,
  factText,
  mustMatchDifferences,
  parseFacts,
  sections,
} from "../../../../src/core/machine/facts.ts";
import { kvmCounters, SNAPSHOT_SCRIPT } from "../../../../src/core/machine/snapshot.ts";
import { fixture } from "../../fixture.ts";

const [l0, l1, l2] = ["L0", "L1", "L2"].map((level) => parseFacts(fixture(`facts/${level}.txt`)));

describe("facts of a captured stack", () => {
  test("of the emulated computer name its parts", () => {
    expect(l0).toEqual({
      kernel: "6.1.0-56-cloud-amd64",
      kernelArguments: expect.stringContaining("tsc=reliable"),
      architecture: "x86_64",
      smt: expect.any(String),
      governor: "",
      swapBytes: 0,
      hugePagesBytes: 0,
      ksm: expect.any(String),
      cpuModel: "QEMU TCG CPU version 2.5+",
      cpuFlags: ["pdpe1gb", "hypervisor", "svm", "npt", "vgif"],
      cpus: 2,
      memoryBytes: 2_281_976 * 1024,
      hypervisor: "QEMU Standard PC (i440FX + PIIX, 1996)",
      qemuVersion: "7.2.22",
      clockSource: "tsc",
      transparentHugePages: "always",
      mitigations: expect.arrayContaining(["mds:Not affected", "l1tf:Not affected"]),
      imageId: "666063fc3aa77c24",
      tools: "",
      kvm: { module: "kvm_amd", nested: true, secondLevelPaging: true },
    });
  });

  test("of the guests differ where the guests differ", () => {
    expect([l1?.cpus, l2?.cpus]).toEqual([1, 1]);
    expect([l1?.memoryBytes, l2?.memoryBytes]).toEqual([1_511_316 * 1024, 738_708 * 1024]);
    expect([l1?.clockSource, l2?.clockSource]).toEqual(["kvm-clock", "kvm-clock"]);
    // A microvm has no DMI table to name itself in.
    expect([l1?.hypervisor, l2?.hypervisor]).toEqual([
      "a hypervisor without a name",
      "a hypervisor without a name",
    ]);
  });

  test("show the same image, kernel and QEMU at every level", () => {
    const same = (facts: typeof l0) => [
      facts?.imageId,
      facts?.kernel,
      facts?.qemuVersion,
      facts?.architecture,
    ];
    expect(same(l1)).toEqual(same(l0));
    expect(same(l2)).toEqual(same(l0));
  });
});

describe("facts of other machines", () => {
  test("name no hypervisor where the processor reports none", () => {
    const text = "== cpuinfo\nflags\t\t: fpu vmx ept\n== dmi\nACME Ltd\nServer 9\n";
    expect(parseFacts(text).hypervisor).toBe("none (ACME Ltd Server 9)");
    expect(parseFacts("== cpuinfo\nflags\t\t: fpu\n== dmi\n").hypervisor).toBe("none");
  });

  test.each([
    [
      "module=kvm_intel\nnested=Y\nept=Y\ndevice=/dev/kvm",
      { module: "kvm_intel", nested: true, secondLevelPaging: true },
    ],
    [
      "module=kvm_intel\nnested=N\nept=N\ndevice=/dev/kvm",
      { module: "kvm_intel", nested: false, secondLevelPaging: false },
    ],
    [
      "module=kvm_amd\nnested=0\nnpt=1\ndevice=/dev/kvm",
      { module: "kvm_amd", nested: false, secondLevelPaging: true },
    ],
    ["module=kvm_amd\nnested=1\nnpt=Y", undefined],
    ["device=/dev/kvm", undefined],
    ["", undefined],
  ])("read what KVM says: %j", (text, kvm) => {
    expect(parseFacts(`== kvm\n${text}\n== image\nabc\n`).kvm).toEqual(kvm);
  });

  test("of a mainframe name the whole chain, and whether the processor offers another guest", () => {
    const text = `== cpuinfo\nvendor_id       : IBM/S390\nfeatures\t: esan3 zarch stfle sie\n== sysinfo\n${fixture("sysinfo/zvm-under-zvm.txt")}`;
    const facts = parseFacts(text);
    expect(facts.hypervisor).toBe("z/VM 7.3.0 under z/VM 7.2.0 in partition ZVMA of IBM 8561");
    expect([facts.cpuModel, facts.cpuFlags]).toEqual(["IBM 8561 708 T01", ["sie"]]);
  });

  test("have the versions of what measures, where no image brings it", () => {
    const text = "== tools\nsysbench 1.0.20\nmariadbd 10.11.6-MariaDB for debian-linux-gnu on s390x\n";
    expect(factText("tools", parseFacts(text))).toBe(
      "sysbench 1.0.20, mariadbd 10.11.6-MariaDB for debian-linux-gnu on s390x",
    );
  });

  test("know that KVM on ARM is part of the kernel, without parameters", () => {
    const built = { module: "kvm", nested: false, secondLevelPaging: true };
    expect(parseFacts("== architecture\naarch64\n== kvm\ndevice=/dev/kvm\n").kvm).toEqual(built);
    expect(parseFacts("== architecture\naarch64\n== kvm\n").kvm).toBeUndefined();
  });

  test("do not call an ARM machine one without a hypervisor, because its processor would not say", () => {
    expect(parseFacts("== architecture\naarch64\n== cpuinfo\nFeatures\t: fp asimd\n").hypervisor).toBe("");
  });

  test("of ARM processors tell unlike ones apart, although neither has a name", () => {
    const of = (name: string) => parseFacts(fixture(`cases/${name}.txt`));
    const [one, other] = [of("C33-facts-graviton1"), of("C33-facts-graviton2-metal")];
    expect([one.cpuModel, other.cpuModel]).toEqual([
      "ARM Cortex-A72 (implementer 0x41, part 0xd08, r0p3)",
      "ARM Neoverse-N1 (implementer 0x41, part 0xd0c, r3p1)",
    ]);
    expect(mustMatchDifferences(one, other).map(({ name }) => name)).toContain("cpuModel");
    expect(other.hypervisor).toBe("none (Amazon EC2 m6g.metal)");
  });

  test.each([
    [
      "model name\t: ARMv8 Processor rev 1 (v8l)\nCPU implementer\t: 0xc0\nCPU variant\t: 0x3\nCPU part\t: 0xac3\nCPU revision\t: 1",
      "Ampere Ampere-1 (implementer 0xc0, part 0xac3, r3p1)",
    ],
    [
      "CPU implementer\t: 0x99\nCPU variant\t: 0x0\nCPU part\t: 0x001\nCPU revision\t: 0",
      "(implementer 0x99, part 0x001, r0p0)",
    ],
    [
      "vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\nmodel name\t: unknown",
      "GenuineIntel family 6 model 143",
    ],
  ])("of a processor whose name says little have its numbers: %j", (cpuinfo, text) => {
    expect(parseFacts(`== cpuinfo\n${cpuinfo}\n`).cpuModel).toBe(text);
  });

  test("are empty, not wrong, where the machine said nothing", () => {
    expect(parseFacts("")).toEqual({
      kernel: "",
      kernelArguments: "",
      architecture: "",
      smt: "unknown",
      governor: "",
      swapBytes: 0,
      hugePagesBytes: 0,
      ksm: "unknown",
      cpuModel: "",
      cpuFlags: [],
      cpus: 0,
      memoryBytes: 0,
      hypervisor: "none",
      qemuVersion: "",
      clockSource: "",
      transparentHugePages: "",
      mitigations: [],
      imageId: "",
      tools: "",
      kvm: undefined,
    });
  });
});

test("mitigations are one line each, in alphabetical order, however the machine listed them", () => {
  const text =
    "== mitigations\nmds:Mitigation: Clear CPU buffers\nl1tf:Not affected\n\n== qemu\nmeltdown: no\n";
  expect(parseFacts(text).mitigations).toEqual(["l1tf:Not affected", "mds:Mitigation: Clear CPU buffers"]);
});

describe("the table of facts", () => {
  test("has a row in docs/facts.md for each, and no other", () => {
    const text = readFileSync(new URL("../../../../docs/facts.md", import.meta.url), "utf8");
    const rows = FACT_NAMES.map((name) => {
      const { title, unit = "text", from, levels = "every", match = "must" } = FACTS[name];
      return `| ${title} | ${unit} | ${from.join(", ")} | ${levels} | ${match} |`;
    });
    expect(text.split("\n").filter((line) => line.startsWith("| "))).toEqual([
      "| fact | unit | read from | levels | for merging |",
      ...rows,
    ]);
  });

  test("shows every fact of a machine in words", () => {
    const facts = parseFacts(fixture("facts/L0.txt"));
    expect(factText("memoryBytes", facts)).toBe("2.2 GiB");
    expect(factText("kvm", facts)).toBe("kvm_amd, nested on");
    expect(factText("swapBytes", facts)).toBe("none");
    expect(
      factText("hugePagesBytes", parseFacts("== memory\nHugePages_Total: 256\nHugepagesize: 2048 kB\n")),
    ).toBe("512 MiB");
    expect(factText("ksm", parseFacts("== ksm\n1\n"))).toBe("on");
    expect(factText("smt", parseFacts("== smt\n0\n"))).toBe("off");
  });

  test("says in which facts two machines differ that must match, and in no other", () => {
    const text = fixture("facts/L1.txt");
    const one = parseFacts(text);
    expect(mustMatchDifferences(one, parseFacts(text))).toEqual([]);
    const swapped = text.replace(/SwapTotal: +0 kB/, "SwapTotal: 4096 kB");
    expect(swapped).not.toBe(text);
    expect(mustMatchDifferences(one, parseFacts(swapped))).toEqual([]);
    const other = parseFacts(text.replace("[always] madvise never", "always madvise [never]"));
    expect(mustMatchDifferences(one, other)).toEqual([
      { name: "transparentHugePages", found: ["always", "never"] },
    ]);
  });
});

describe("the snapshot's script", () => {
  const run = (script: string) =>
    spawnSync("sh", ["-c", script], { encoding: "utf8", env: { PATH: process.env["PATH"] ?? "" } }).stdout;
  const names = [
    "uptime",
    "clocksource",
    "stat",
    "vmstat",
    "transparent-hugepages",
    "ksm",
    "mitigations",
    "frequency",
    "disks",
    "kvm-counters",
    "kernel-log",
    "uptime-at-end",
  ];

  test("reads this machine with the shell alone as cat and head would", () => {
    const found = sections(run(SNAPSHOT_SCRIPT));
    expect([...found.keys()]).toEqual(names);
    expect(found.get("stat")).toMatch(/^cpu +\d+ \d+ [^\n]+$/);
    expect(found.get("uptime")).toMatch(/^\d+\.\d\d \d+\.\d\d$/);
    const file = "/sys/kernel/mm/transparent_hugepage/enabled";
    const there = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    expect(found.get("transparent-hugepages")).toBe(there);
  });

  test("goes on where a file is missing, and changes nothing in backslashes, blanks and empty lines", () => {
    const folder = mkdtempSync(join(tmpdir(), "snapshot-"));
    try {
      const file = join(folder, "strange");
      writeFileSync(file, "  one \\t two\n\n -n three\n");
      const strange = SNAPSHOT_SCRIPT.replace("/proc/uptime", file).replace(
        /\/sys\/devices\S+/,
        join(folder, "none"),
      );
      const found = sections(run(strange));
      expect([...found.keys()]).toEqual(names);
      expect(found.get("clocksource")).toBe("");
      expect(found.get("uptime")).toBe("  one \\t two\n\n -n three");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("sections", () => {
  test("are split at their headers, and may be empty or cut off", () => {
    const text = "noise before\n== one\nfirst\n  second\n\n== two\n== three\nthird == not a header\n== last";
    expect([...sections(text)]).toEqual([
      ["one", "first\n  second"],
      ["two", ""],
      ["three", "third == not a header"],
      ["last", ""],
    ]);
  });
});

describe("KVM's counters", () => {
  test("are read from a snapshot by their kernel names", () => {
    const counters = kvmCounters(fixture("snapshot/L2-trial-L0-after.txt"));
    expect(counters.size).toBe(60);
    expect(counters.get("exits")).toBe(384_838);
    expect(counters.get("nested_run")).toBe(44_307);
    expect(counters.get("halt_wait_ns")).toBe(5_613_902_406);
    expect([...counters.values()].every(Number.isSafeInteger)).toBe(true);
  });

  test("are all zero on a machine that hosts nothing", () => {
    expect(
      [...kvmCounters(fixture("snapshot/L2-trial-L2-after.txt")).values()].every((value) => value === 0),
    ).toBe(true);
  });

  test("are none where there is no KVM", () => {
    expect(kvmCounters("== kvm-counters\n== kernel-log\n").size).toBe(0);
    expect(kvmCounters("").size).toBe(0);
  });
});
