import { nominalSizes } from "../core/level-sizes.ts";
import { ok, type Result } from "../core/problem.ts";
import type { Study } from "../core/study.ts";
import { flatTopology } from "../core/topology.ts";
import type { LaunchPlan, PreparedPlatform } from "../lab/ports.ts";
import { DEFAULT_TRUTH, prepareSimulated } from "./simulated.ts";
import { type PrepareOptions, prepareX86Kvm, x86KvmNeeds, x86KvmSteps } from "./x86-64-kvm.ts";

export interface Platform {
  readonly name: string;
  /** Files and commands without which it cannot start, by the Debian package that brings each. */
  needs(cache: string): Promise<Readonly<Record<string, string>>>;
  /** Two runs of platforms with the same lock would disturb each other; absent for those that measure nothing. */
  readonly lock?: string;
  prepare(options: PrepareOptions & { readonly seed: number }): Promise<Result<PreparedPlatform>>;
  /** What would be launched, L0 first, without doing it. */
  preview(
    study: Study,
    hardware: "real" | "emulated",
    hostCpus: number,
    condition: number | undefined,
  ): readonly LaunchPlan[];
}

const KVM: Platform = {
  name: "x86_64-kvm",
  needs: x86KvmNeeds,
  lock: "dvirt-lab",
  prepare: prepareX86Kvm,
  preview: (study, hardware, hostCpus, condition) =>
    x86KvmSteps({
      study,
      condition,
      hardware,
      hostCpus,
      files: {
        kernel: "CACHE/vmlinux",
        initrd: "CACHE/initrd",
        rootDisk: "CACHE/root.img",
        scratchDisk: "LAB/scratch.img",
        ...(study.workloads.some((workload) => workload.dataSet !== undefined)
          ? { dataDisk: "CACHE/data.img" }
          : {}),
        consoleLog: "LAB/L0.console",
      },
      mountPoint: "LAB/tree",
      topology: flatTopology(hostCpus),
      publicKey: "KEY",
      privateKey: "",
    }).map((step) => step.launch),
};

/** Known truth instead of machines: for trying the program, never for a figure. */
const SIMULATED: Platform = {
  name: "simulated",
  needs: async () => ({}),
  prepare: async ({ study, seed }) =>
    ok(
      prepareSimulated(study, seed, DEFAULT_TRUTH, Number(process.env["DVIRT_SIMULATED_SECONDS"] ?? "0.002")),
    ),
  preview: (study) => nominalSizes(study).map((measured) => ({ argv: ["simulated"], ...measured, measured })),
};

/** Every platform that a study can name. */
export const platforms: readonly Platform[] = [KVM, SIMULATED];

export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found === undefined) throw new Error(`platform ${name} passed the schema and is not registered`);
  return found;
}
