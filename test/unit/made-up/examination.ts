import type { Examination } from "../../../src/core/doctor/finding.ts";
import type { KvmTrial } from "../../../src/core/doctor/kvm-trial.ts";
import { readProbe } from "../../../src/core/doctor/probe.ts";
import { sections } from "../../../src/core/machine/facts.ts";
import { kvmProblems } from "../../../src/platforms/qemu/kvm.ts";
import { fixture } from "../fixture.ts";
import { madeUpStudy } from "./study.ts";

/** An examination of a machine that answered so; every test says what it needs to be different. */
export function madeUpExamination(
  answer: string,
  kvm: KvmTrial,
  different: Partial<Examination> = {},
): Examination {
  return {
    probe: readProbe(answer),
    kvm,
    study: madeUpStudy({ name: "quick", clock: "wall" }),
    platform: { machines: { kind: "made", hardware: "either", timing: "of the study" } },
    cache: {
      path: "/home/somebody/.cache/dvirt",
      freeBytes: 50 * 2 ** 30,
      writable: true,
      imageId: "0123456789abcdef",
      imageBuildBytes: 3.5 * 2 ** 30,
    },
    missingPackages: [],
    nodeVersion: "20.19.0",
    ...different,
  };
}

/** What the platform makes of a machine whose KVM check printed these lines, where a tiny guest then boots or is not tried. */
export function kvmTrial(check: readonly string[], booted = true): KvmTrial {
  return {
    obstacles: kvmProblems(check.join("\n"), { level: 1, hosts: true }),
    proof: booted ? { kind: "booted", seconds: 0.6 } : { kind: "none", why: "the guest image is not built" },
  };
}

/** The same answer with one section replaced, or added where there was none. */
export function withSection(answer: string, name: string, lines: readonly string[]): string {
  const found = new Map(sections(answer));
  found.set(name, lines.join("\n"));
  return [...found].map(([title, text]) => `== ${title}\n${text}\n`).join("");
}

interface Server {
  readonly vendor: "amd" | "intel";
  readonly flags?: readonly string[];
  readonly vmxFlags?: readonly string[];
  readonly kvm?: readonly string[];
  readonly memoryKibibytes?: number;
}

const OPENED = ["device=crw-rw---- 1 root kvm 10, 232 Jan  1 00:00 /dev/kvm", "open=yes"];

export const AMD_KVM = ["module=kvm_amd", "nested=1", "npt=Y", "vgif=1", "vls=1", ...OPENED];
export const INTEL_KVM = ["module=kvm_intel", "nested=Y", "ept=Y", "enable_shadow_vmcs=Y", ...OPENED];

/** A physical server on which nothing stands in the way. */
export function serverAnswer(server: Server): string {
  const amd = server.vendor === "amd";
  const flags =
    server.flags ?? (amd ? ["fpu", "svm", "npt", "vgif", "v_vmsave_vmload"] : ["fpu", "vmx", "ept", "vpid"]);
  const vmx = server.vmxFlags ?? ["vnmi", "ept", "vpid", "unrestricted_guest", "shadow_vmcs"];
  const memory = server.memoryKibibytes ?? 64 * 2 ** 20;
  return [
    "== system\nsystem=Linux\nkernel=6.1.0-25-amd64\narchitecture=x86_64",
    `== cpuinfo\nmodel name\t: A processor\nflags\t\t: ${flags.join(" ")}`,
    ...(amd ? [] : [`vmx flags\t: ${vmx.join(" ")}`]),
    `== memory\nMemTotal: ${memory} kB\nMemAvailable: ${memory} kB\nSwapTotal: 0 kB\nSwapFree: 0 kB`,
    "== clock\ncurrent=tsc\navailable=tsc hpet acpi_pm ",
    "== processor\ncpus=8\nsmt=0\ngovernor=performance\ndriver=acpi-cpufreq\nboost=0",
    "== pages\nthp=always [madvise] never\nksm=0",
    `== kvm\n${(server.kvm ?? (amd ? AMD_KVM : INTEL_KVM)).join("\n")}`,
    "== qemu\nversion=QEMU emulator version 7.2.22 (Debian 1:7.2)",
    "== virtual\nvendor=ACME Ltd\nproduct=Server 9\nvm=none",
    "== container\nenvironment=\ncgroup=\ndetected=none",
    "== rights\nuid=0\ngroups=root\nloop=/dev/loop-control is there\nunshare=yes\nsubuid=",
    "== tools\napt-get=there",
    "",
  ].join("\n");
}

/** A level of the emulated computer: what was captured of its facts, with what a guest's userland says beside. */
export function emulatedAnswer(level: 0 | 1): string {
  const facts = sections(fixture(`facts/L${level}.txt`));
  const of = (name: string) => facts.get(name) ?? "";
  const [vendor = "", product = ""] = of("dmi").split("\n");
  return [
    `== system\nsystem=Linux\nkernel=${of("kernel")}\narchitecture=${of("architecture")}`,
    `== cpuinfo\n${of("cpuinfo")}`,
    `== memory\n${of("memory")}\nSwapFree: 0 kB`,
    `== clock\ncurrent=${of("clocksource")}\navailable=${level === 0 ? "tsc" : "kvm-clock tsc"} `,
    `== processor\ncpus=${of("cpus")}\nsmt=0`,
    `== pages\nthp=${of("transparent-hugepages")}\nksm=0`,
    `== kvm\n${of("kvm").replace("device=/dev/kvm", OPENED.join("\n"))}\nvgif=1\nvls=0`,
    `== qemu\nversion=${of("qemu")}`,
    `== virtual\nvendor=${vendor}\nproduct=${product}\nvm=`,
    "== container\nenvironment=\ncgroup=\ndetected=",
    "== rights\nuid=0\ngroups=root\nloop=no /dev/loop-control, and modprobe knows the module loop\nunshare=yes\nsubuid=",
    "== tools\napt-get=there",
    "",
  ].join("\n");
}
