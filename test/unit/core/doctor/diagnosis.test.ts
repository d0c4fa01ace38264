import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnose } from "../../../../src/core/doctor/diagnosis.ts";
import { type Examination, type Finding, GROUPS } from "../../../../src/core/doctor/finding.ts";
import type { KvmTrial } from "../../../../src/core/doctor/kvm-trial.ts";
import { sections } from "../../../../src/core/machine/facts.ts";
import { fixture } from "../../fixture.ts";
import {
  AMD_KVM,
  emulatedAnswer,
  INTEL_KVM,
  kvmTrial,
  madeUpExamination,
  serverAnswer,
  withSection,
} from "../../made-up/examination.ts";

const GiB = 2 ** 30;
const WORKS = kvmTrial(["device", "access", "flag", "kvm_amd nested=1"]);

function diagnosisOf(answer: string, kvm: KvmTrial = WORKS, different: Partial<Examination> = {}) {
  return diagnose(madeUpExamination(answer, kvm, different));
}

/** Ids of all that is not fine, worst kinds apart. */
function troubles(findings: readonly Finding[]) {
  const ids = (level: Finding["level"]) => findings.filter((one) => one.level === level).map(({ id }) => id);
  return { fatal: ids("fatal"), hindrance: ids("hindrance"), notice: ids("notice") };
}

function finding(findings: readonly Finding[], id: string): Finding | undefined {
  return findings.find((one) => one.id === id);
}

describe("a physical machine on which KVM works and nests", () => {
  test.each(["amd", "intel"] as const)("is fine in everything (%s)", (vendor) => {
    const { findings, ...rest } = diagnosisOf(serverAnswer({ vendor }));
    expect(troubles(findings)).toEqual({ fatal: [], hindrance: [], notice: [] });
    expect(rest).toEqual({ hardware: "real", conclusion: "hardware: real (a tiny KVM guest booted)" });
    expect(new Set(findings.map(({ group }) => group))).toEqual(new Set(Object.keys(GROUPS)));
  });

  test("has the finding of its own vendor on nested paging and on what makes nesting cheap", () => {
    const ids = (vendor: "amd" | "intel") =>
      diagnosisOf(serverAnswer({ vendor }))
        .findings.filter(({ group }) => group === "nesting")
        .map(({ id }) => id);
    expect(ids("amd")).toEqual(["nested", "virtual-gif", "virtual-vmload-vmsave"]);
    expect(ids("intel")).toEqual(["nested", "vmcs-shadowing"]);
    expect(
      finding(diagnosisOf(serverAnswer({ vendor: "intel" })).findings, "second-level-paging"),
    ).toMatchObject({
      what: "nested paging (EPT) is there and on",
      evidence: "kvm_intel.ept is Y, ept is among the processor's flags",
    });
  });

  test("is not called proved before a guest has booted", () => {
    const { findings, conclusion } = diagnosisOf(
      serverAnswer({ vendor: "amd" }),
      kvmTrial(["device", "access", "flag", "kvm_amd nested=1"], false),
    );
    expect(finding(findings, "kvm")).toEqual({
      id: "kvm",
      group: "hardware",
      level: "notice",
      what: "KVM is not proved to work: the guest image is not built",
      evidence: "/dev/kvm opens, kvm_amd is loaded, svm is offered",
      remedy: expect.stringContaining("dvirt run"),
    });
    expect(conclusion).toBe("hardware: real (the guest image is not built)");
  });
});

describe("the captured virtual machine whose /dev/kvm does not work", () => {
  const answer = fixture("doctor/virtual-machine.txt");
  const unusable: KvmTrial = {
    obstacles: [
      {
        code: "kvm-unusable",
        at: "L1",
        what: "/dev/kvm is there, but a tiny guest did not boot within 5 s",
        hint: "--hardware emulated needs no KVM",
        evidence: "qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69",
      },
    ],
    proof: { kind: "none", why: "a tiny guest did not boot within 5 s" },
  };

  test("was asked by the script of today", async () => {
    const { DOCTOR_SCRIPT } = await import("../../../../src/core/doctor/probe.ts");
    const wanted = [...DOCTOR_SCRIPT.matchAll(/^section ([a-z]+)/gm)].map(([, name]) => name);
    expect(wanted.length).toBeGreaterThan(8);
    expect([...sections(answer).keys()]).toEqual(wanted);
  });

  test("is told what failed, with QEMU's words, and that emulated hardware is left", () => {
    const { findings, hardware, conclusion } = diagnosisOf(answer, unusable);
    expect(troubles(findings)).toEqual({
      fatal: [],
      hindrance: ["virtualization-extensions", "kvm"],
      notice: ["governor", "virtual-machine", "container"],
    });
    expect([hardware, conclusion]).toEqual([
      "emulated",
      "hardware: emulated (/dev/kvm is there, but a tiny guest did not boot within 5 s)",
    ]);
    expect(finding(findings, "kvm")?.evidence).toMatch(
      /^\/dev\/kvm opens, .*; qemu-system-x86_64: error: failed to set MSR/,
    );
    expect(finding(findings, "virtual-machine")?.what).toContain("(KVM)");
    expect(finding(findings, "container")?.what).toContain("(docker)");
  });

  test("is known for a guest of KVM where systemd is not there to say so", () => {
    const { findings } = diagnosisOf(withSection(answer, "virtual", []), unusable);
    expect(finding(findings, "virtual-machine")).toMatchObject({
      level: "notice",
      what: expect.stringContaining("(KVM)"),
    });
  });
});

describe("a machine without KVM", () => {
  test("has no /dev/kvm: said once, with the way out", () => {
    const answer = serverAnswer({ vendor: "amd", flags: ["fpu"], kvm: [] });
    const { findings, hardware } = diagnosisOf(answer, kvmTrial([], false));
    expect(troubles(findings)).toEqual({
      fatal: [],
      hindrance: ["virtualization-extensions", "kvm"],
      notice: [],
    });
    expect(hardware).toBe("emulated");
    expect(finding(findings, "kvm")).toMatchObject({
      what: "L1 needs /dev/kvm on L0, which has none; its processor offers neither svm nor vmx",
      evidence: "no /dev/kvm, neither kvm_amd nor kvm_intel is loaded as a module, neither svm nor vmx",
      remedy: expect.stringContaining("firmware"),
    });
  });

  test("may only lack the module", () => {
    const { findings } = diagnosisOf(serverAnswer({ vendor: "intel", kvm: [] }), kvmTrial(["flag"], false));
    expect(troubles(findings).hindrance).toEqual(["kvm", "nested"]);
    expect(finding(findings, "nested")?.remedy).toMatch(/^modprobe kvm_intel nested=1;.*firmware/);
  });

  test("has it without rights to it: device, owner, groups and remedy are named", () => {
    const device = "device=crw-rw---- 1 root kvm 10, 232 Jan  1 00:00 /dev/kvm";
    const refused = [...AMD_KVM.slice(0, -2), device, "open=no: Permission denied"];
    const rights = ["uid=1000", "groups=users audio", "unshare=yes", "subuid=somebody:100000:65536"];
    const answer = withSection(serverAnswer({ vendor: "amd", kvm: refused }), "rights", rights);
    const { findings, hardware } = diagnosisOf(
      answer,
      kvmTrial(["device", "flag", "kvm_amd nested=1"], false),
    );
    expect(troubles(findings)).toEqual({ fatal: [], hindrance: ["kvm", "kvm-rights"], notice: [] });
    expect(hardware).toBe("emulated");
    expect(finding(findings, "kvm-rights")).toMatchObject({
      evidence: expect.stringMatching(/root kvm .*Permission denied; this user is in users audio$/),
      remedy: expect.stringContaining("usermod -aG kvm"),
    });
  });

  test("may hold it back from root, which only a container or a policy does", () => {
    const refused = [...AMD_KVM.slice(0, -1), "open=no: Operation not permitted"];
    const { findings } = diagnosisOf(serverAnswer({ vendor: "amd", kvm: refused }));
    expect(finding(findings, "kvm-rights")?.remedy).toContain("--device /dev/kvm");
  });
});

describe("a machine with nesting off", () => {
  test.each([
    ["amd", "kvm_amd", AMD_KVM, "nested=1", "nested=0"],
    ["intel", "kvm_intel", INTEL_KVM, "nested=Y", "nested=N"],
  ] as const)("has one hindrance with the command that turns it on (%s)", (vendor, module, kvm, on, off) => {
    const answer = serverAnswer({ vendor, kvm: kvm.map((line) => (line === on ? off : line)) });
    const { findings, hardware, conclusion } = diagnosisOf(
      answer,
      kvmTrial(["device", "access", "flag", `${module} ${off}`]),
    );
    expect(troubles(findings)).toEqual({ fatal: [], hindrance: ["nested"], notice: [] });
    expect(finding(findings, "nested")?.remedy).toContain(
      `modprobe -r ${module} && modprobe ${module} nested=1`,
    );
    expect(finding(findings, "kvm"), "KVM itself works").toMatchObject({ level: "fine" });
    expect(hardware).toBe("emulated");
    expect(conclusion).toContain(`${module}.nested is ${off.slice(-1)}`);
  });

  test("or with what makes it cheap off or not offered", () => {
    const off = serverAnswer({
      vendor: "intel",
      kvm: INTEL_KVM.map((line) => line.replace("shadow_vmcs=Y", "shadow_vmcs=N")),
    });
    expect(finding(diagnosisOf(off).findings, "vmcs-shadowing")).toMatchObject({
      level: "notice",
      what: expect.stringContaining("VMCS shadowing is offered and off"),
      remedy: expect.stringContaining("enable_shadow_vmcs=1"),
    });
    const missing = serverAnswer({ vendor: "amd", flags: ["fpu", "svm", "npt"] });
    expect(troubles(diagnosisOf(missing).findings).notice).toEqual(["virtual-gif", "virtual-vmload-vmsave"]);
  });

  test("or with nested paging off", () => {
    const off = serverAnswer({
      vendor: "intel",
      kvm: INTEL_KVM.map((line) => line.replace("ept=Y", "ept=N")),
    });
    expect(finding(diagnosisOf(off).findings, "second-level-paging")).toMatchObject({
      level: "hindrance",
      remedy: expect.stringContaining("modprobe kvm_intel ept=1"),
    });
  });
});

describe("the emulated computer", () => {
  test("at L0 can do everything, and is told that its processor is an emulator's", () => {
    const { findings, hardware } = diagnosisOf(emulatedAnswer(0), WORKS);
    expect(troubles(findings)).toEqual({
      fatal: [],
      hindrance: ["virtual-machine"],
      notice: ["virtual-vmload-vmsave", "governor"],
    });
    expect(hardware).toBe("real");
    expect(finding(findings, "virtual-machine")).toMatchObject({
      what: expect.stringContaining("emulated by QEMU"),
      evidence: expect.stringContaining("DMI: QEMU Standard PC (i440FX + PIIX, 1996)"),
    });
    expect(finding(findings, "clock-source")?.what).toBe("the clock source is tsc");
  });

  test("at L1 can host too, by the clock of KVM, and has less memory than the study wants", () => {
    const { findings, hardware } = diagnosisOf(emulatedAnswer(1), WORKS);
    expect(troubles(findings)).toEqual({
      fatal: [],
      hindrance: ["memory", "virtual-machine"],
      notice: ["virtual-vmload-vmsave", "governor"],
    });
    expect(hardware).toBe("real");
    expect(finding(findings, "clock-source")?.what).toBe("the clock source is kvm-clock");
    expect(finding(findings, "nested")).toMatchObject({ level: "fine", evidence: "kvm_amd.nested is 1" });
  });
});

describe("too little", () => {
  test("memory for the study is a hindrance that says how much each level needs", () => {
    const { findings, hardware } = diagnosisOf(serverAnswer({ vendor: "amd", memoryKibibytes: 2 ** 20 }));
    expect(troubles(findings)).toEqual({ fatal: [], hindrance: ["memory"], notice: [] });
    expect(finding(findings, "memory")).toMatchObject({
      what: expect.stringMatching(
        /does not fit on real hardware: the levels need 1\.8 GiB .*L2 768 MiB.* 1 GiB are available/,
      ),
      remedy: expect.stringContaining("fewer levels"),
    });
    expect(hardware).toBe("real");
  });

  test("memory for any level is fatal", () => {
    const { findings, hardware, conclusion } = diagnosisOf(
      serverAnswer({ vendor: "amd", memoryKibibytes: 512 * 1024 }),
    );
    expect(troubles(findings).fatal).toEqual(["memory"]);
    expect(hardware).toBe("none");
    expect(conclusion).toMatch(
      /^no stack can run here: the study quick does not fit .* not even L0 alone does$/,
    );
  });

  test("memory for an emulated computer may be enough for real hardware", () => {
    const answer = serverAnswer({ vendor: "amd", memoryKibibytes: 2.5 * 2 ** 20 });
    expect(finding(diagnosisOf(answer).findings, "memory")?.level).toBe("fine");
    expect(finding(diagnosisOf(answer, kvmTrial(["flag"], false)).findings, "memory")?.level).toBe(
      "hindrance",
    );
  });

  test.each([
    [1 * GiB, undefined, "fatal"],
    [3.55 * GiB, undefined, "hindrance"],
    [4 * GiB, undefined, "fine"],
    [1 * GiB, "0123456789abcdef", "fine"],
    [0.01 * GiB, "0123456789abcdef", "hindrance"],
  ])("disk: %d bytes free with image %s is %s", (freeBytes, imageId, level) => {
    const { cache } = madeUpExamination("", WORKS);
    const { findings } = diagnosisOf(serverAnswer({ vendor: "amd" }), WORKS, {
      cache: { ...cache, freeBytes, imageId },
    });
    expect(finding(findings, "disk")?.level).toBe(level);
  });

  test("rights in the cache folder is fatal", () => {
    const { cache } = madeUpExamination("", WORKS);
    const { findings } = diagnosisOf(serverAnswer({ vendor: "amd" }), WORKS, {
      cache: { ...cache, writable: false },
    });
    expect(finding(findings, "disk")).toMatchObject({
      level: "fatal",
      remedy: expect.stringContaining("XDG_CACHE_HOME"),
    });
  });
});

describe("machines of the field", () => {
  const found = (name: string, check: readonly string[], id: string) =>
    finding(diagnosisOf(fixture(`cases/${name}.txt`), kvmTrial(check, false)).findings, id);
  const NESTING = ["device", "access", "flag", "kvm_intel nested=Y"];

  test.each(["C19-doctor-aws-metal", "C20-doctor-gce-metal"])(
    "%s is a physical machine, although DMI has a cloud's name",
    (name) => {
      expect(found(name, NESTING, "virtual-machine")).toMatchObject({
        level: "fine",
        what: "no hypervisor is seen below this machine",
      });
    },
  );

  test("bare metal that systemd takes for the cloud's guest is none", () => {
    const answer = fixture("cases/C19-doctor-aws-metal.txt").replace("vm=none", "vm=amazon");
    expect(finding(diagnosisOf(answer).findings, "virtual-machine")?.level).toBe("fine");
  });

  test("AHV is KVM, although CPUID says Hyper-V", () => {
    const answer = withSection(serverAnswer({ vendor: "intel", flags: ["vmx", "hypervisor"] }), "virtual", [
      "vendor=Nutanix",
      "product=AHV",
      "vm=microsoft",
    ]);
    expect(finding(diagnosisOf(answer).findings, "virtual-machine")?.what).toContain("(KVM)");
  });

  test("a module that is built into WSL's kernel is set where Windows has the kernel's command line", () => {
    const name = "C22-doctor-wsl2-builtin-nested-off";
    const remedy = found(name, ["device", "access", "flag", "kvm_intel nested=N"], "nested")?.remedy;
    expect(remedy).toMatch(/kvm_intel\.nested=1 .*\.wslconfig/);
    expect(remedy).not.toContain("modprobe");
    expect(found(name, NESTING, "container")?.remedy).not.toContain("--privileged");
  });

  test.each([
    ["builtin=yes", /kvm_intel\.nested=1 on the kernel command line/, /modprobe/],
    ["builtin=no", /modprobe -r kvm_intel && modprobe kvm_intel nested=1/, /command line/],
    ["", /modprobe -r kvm_intel .* built in: kvm_intel\.nested=1 on the kernel command line/, /wsl/],
  ])("nesting that is off, with %j, is switched on by what can work", (line, wanted, not) => {
    const kvm = ["module=kvm_intel", "nested=N", "ept=Y", line];
    const { findings } = diagnosisOf(serverAnswer({ vendor: "intel", kvm }));
    expect(finding(findings, "nested")?.remedy).toMatch(wanted);
    expect(finding(findings, "nested")?.remedy).not.toMatch(not);
  });

  test.each(["kvm", "nested"])("a flag that the firmware locks: %s names module and firmware", (id) => {
    const remedy = found("C25-doctor-disabled-by-bios", ["flag"], id)?.remedy;
    expect(remedy).toMatch(/modprobe kvm_intel nested=1.*firmware locks it.*VT-x/);
    expect(remedy).not.toContain("modprobe kvm_amd");
  });

  test("what the kernel says of the firmware is evidence", () => {
    const locked = "firmware=kvm: disabled by bios";
    const answer = withSection(fixture("cases/C25-doctor-disabled-by-bios.txt"), "kvm", [locked]);
    const { findings } = diagnosisOf(answer, kvmTrial(["flag"], false));
    expect(finding(findings, "kvm")?.evidence).toContain("kvm: disabled by bios");
  });

  test.each(["kvm", "kvm-rights"])("a device of root's group: %s asks for a rule of udev", (id) => {
    const remedy = found("C26-doctor-kvm-root-root", ["device", "flag", "kvm_intel nested=Y"], id)?.remedy;
    expect(remedy).toMatch(/chgrp kvm \/dev\/kvm.*udev/);
    expect(remedy).not.toContain("usermod");
  });
});

describe("a machine that dvirt has no platform for", () => {
  test.each([
    [
      "Linux",
      "s390x",
      "dvirt has no platform for s390x: x86_64-kvm is the only one on the own processors of a machine",
    ],
    [
      "Linux",
      "aarch64",
      "dvirt has no platform for aarch64: x86_64-kvm is the only one on the own processors of a machine",
    ],
    ["Darwin", "arm64", "dvirt needs Linux on x86_64, and this is Darwin"],
  ])("%s on %s gets one finding, which says why no stack can run", (system, architecture, what) => {
    const answer = `== system\nsystem=${system}\nkernel=6.1\narchitecture=${architecture}\n== cpuinfo\nvendor_id : IBM/S390\n`;
    const nothing: KvmTrial = { obstacles: [], proof: { kind: "none", why: "not tried" } };
    const { findings, hardware, conclusion } = diagnosisOf(answer, nothing);
    expect(findings).toEqual([
      {
        id: "architecture",
        group: "hardware",
        level: "fatal",
        what,
        evidence: `uname: ${system}, ${architecture}`,
        remedy: expect.stringContaining("x86_64"),
      },
    ]);
    expect([hardware, conclusion]).toEqual(["none", `no stack can run here: ${what}`]);
  });
});

describe("what changes figures is a notice with its remedy", () => {
  const base = serverAnswer({ vendor: "amd" });
  test.each([
    [
      "swap",
      "memory",
      ["MemTotal: 67108864 kB", "MemAvailable: 67108864 kB", "SwapTotal: 2048 kB", "SwapFree: 1024 kB"],
      "swapoff",
    ],
    ["transparent-huge-pages", "pages", ["thp=always madvise [never]"], "echo madvise"],
    ["ksm", "pages", ["ksm=1"], "ksm/run"],
    ["smt", "processor", ["cpus=8", "smt=1", "governor=performance"], "smt/control"],
    ["governor", "processor", ["cpus=8", "governor=powersave", "driver=intel_pstate"], "cpupower"],
    ["turbo", "processor", ["cpus=8", "governor=performance", "no_turbo=0"], "echo 1 >"],
    ["turbo", "processor", ["cpus=8", "governor=performance", "boost=1"], "echo 0 >"],
    ["container", "container", ["environment=lxc"], "outside"],
    ["container", "container", ["file=/run/.containerenv"], "outside"],
  ])("%s, from section %s: %j", (id, section, lines, remedy) => {
    const { findings } = diagnosisOf(withSection(base, section, lines));
    expect(troubles(findings)).toEqual({ fatal: [], hindrance: [], notice: [id] });
    expect(finding(findings, id)?.remedy).toContain(remedy);
  });

  test.each([
    ["tsc hpet", "echo tsc"],
    ["hpet acpi_pm", "dmesg"],
  ])("a slow clock is more: response times would be wrong (available: %s)", (available, remedy) => {
    const { findings } = diagnosisOf(withSection(base, "clock", ["current=hpet", `available=${available}`]));
    expect(finding(findings, "clock-source")).toMatchObject({
      level: "hindrance",
      remedy: expect.stringContaining(remedy),
    });
  });

  test.each([
    [["vendor=VMware, Inc.", "product=VMware Virtual Platform"], "VMware"],
    [["vendor=Microsoft Corporation", "product=Virtual Machine"], "Hyper-V"],
    [["type=xen"], "Xen"],
    [["vm=amazon", "vendor=Amazon EC2"], "KVM"],
  ])("a hypervisor is named from what it says: %j", (lines, name) => {
    const answer = withSection(
      serverAnswer({ vendor: "amd", flags: ["fpu", "svm", "npt", "vgif", "v_vmsave_vmload", "hypervisor"] }),
      "virtual",
      lines,
    );
    const { findings } = diagnosisOf(answer);
    expect(troubles(findings).notice).toEqual(["virtual-machine"]);
    expect(finding(findings, "virtual-machine")?.what).toContain(`(${name})`);
  });
});

describe("software and rights", () => {
  const base = serverAnswer({ vendor: "amd" });
  const user = ["uid=1000", "groups=kvm", "unshare=yes", "subuid=somebody:100000:65536"];

  test.each([
    [["uid=0"], ["apt-get=there"], "notice"],
    [["uid=1000", "unshare=yes"], ["apt-get=there", "sudo=there"], "notice"],
    [["uid=1000", "unshare=yes"], ["apt-get=there"], "fatal"],
    [["uid=0"], [], "fatal"],
  ])("missing packages for a user with %j and %j are a %s", (rights, tools, level) => {
    const answer = withSection(withSection(base, "rights", rights), "tools", tools);
    const { findings } = diagnosisOf(answer, WORKS, { missingPackages: ["qemu-system-x86", "mmdebstrap"] });
    expect(finding(findings, "packages")).toMatchObject({
      level,
      what: expect.stringContaining("qemu-system-x86 mmdebstrap"),
    });
  });

  test.each([
    ["18.20.1", "hindrance"],
    ["20.18.9", "hindrance"],
    ["20.19.0", "fine"],
    ["22.1.0", "fine"],
  ])("Node.js %s is %s", (nodeVersion, level) => {
    expect(finding(diagnosisOf(base, WORKS, { nodeVersion }).findings, "node")?.level).toBe(level);
  });

  test.each([
    ["4.2.1", "hindrance"],
    ["5.2.0", "fine"],
    ["10.0.2", "fine"],
  ])("QEMU %s is %s", (version, level) => {
    const answer = withSection(base, "qemu", [`version=QEMU emulator version ${version} (Debian)`]);
    expect(finding(diagnosisOf(answer).findings, "qemu")?.level).toBe(level);
  });

  test("root is wanted where L0 would be real hardware, and only there", () => {
    const answer = withSection(base, "rights", user);
    expect(finding(diagnosisOf(answer).findings, "root")).toMatchObject({
      level: "hindrance",
      remedy: expect.stringContaining("--hardware emulated"),
    });
    expect(finding(diagnosisOf(answer, kvmTrial(["flag"], false)).findings, "root")?.level).toBe("fine");
  });

  test("namespaces and loop devices are wanted where something needs them", () => {
    const answer = withSection(base, "rights", ["uid=0", "unshare=no: Operation not permitted"]);
    expect(troubles(diagnosisOf(answer).findings).hindrance).toEqual(["loop-devices", "unshare"]);
    expect(troubles(diagnosisOf(answer, kvmTrial(["flag"], false)).findings).notice).toEqual([
      "loop-devices",
      "unshare",
    ]);
  });

  test("subordinate users are wanted where the image must be built without root", () => {
    const { cache } = madeUpExamination("", WORKS);
    const emulated = kvmTrial(["flag"], false);
    const without = withSection(base, "rights", user.slice(0, -1));
    const unbuilt = { cache: { ...cache, imageId: undefined } };
    expect(finding(diagnosisOf(without, emulated, unbuilt).findings, "subordinate-users")?.level).toBe(
      "hindrance",
    );
    expect(finding(diagnosisOf(without, emulated).findings, "subordinate-users")).toBeUndefined();
    expect(
      finding(diagnosisOf(base, emulated, unbuilt).findings, "subordinate-users"),
      "root",
    ).toBeUndefined();
    const having = withSection(base, "rights", user);
    expect(finding(diagnosisOf(having, emulated, unbuilt).findings, "subordinate-users")?.level).toBe("fine");
  });
});

const name = fc.constantFrom(
  "current",
  "smt",
  "governor",
  "no_turbo",
  "thp",
  "ksm",
  "nested",
  "npt",
  "ept",
  "device",
  "open",
  "uid",
  "unshare",
  "vm",
  "file",
  "cpus",
);
const lines = fc.array(
  fc.tuple(name, fc.string()).map(([key, value]) => `${key}=${value.replaceAll(/[\n\r]/g, "")}`),
  { maxLength: 6 },
);

test("whatever a machine says, findings come group by group, each id once, with evidence, and a remedy unless fine", () => {
  const order = Object.keys(GROUPS);
  fc.assert(
    fc.property(
      fc.constantFrom(
        serverAnswer({ vendor: "amd" }),
        serverAnswer({ vendor: "intel" }),
        emulatedAnswer(1),
        "",
      ),
      fc.constantFrom(
        "clock",
        "processor",
        "pages",
        "kvm",
        "rights",
        "virtual",
        "container",
        "memory",
        "system",
      ),
      lines,
      fc.boolean(),
      (base, section, said, booted) => {
        const kvm = kvmTrial(booted ? ["device", "access", "flag", "kvm_amd nested=1"] : [], booted);
        const { findings, hardware, conclusion } = diagnosisOf(withSection(base, section, said), kvm);
        const groups = findings.map(({ group }) => order.indexOf(group));
        expect(groups).toEqual([...groups].sort((a, b) => a - b));
        expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
        for (const { level, what, evidence, remedy } of findings) {
          expect(what.length * evidence.length).toBeGreaterThan(0);
          expect(level === "fine").toBe(remedy === undefined);
        }
        expect(conclusion.startsWith("no stack can run here: ")).toBe(hardware === "none");
        expect(findings.some(({ level }) => level === "fatal")).toBe(hardware === "none");
      },
    ),
  );
});
