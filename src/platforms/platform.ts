import type { Abilities } from "../core/platform-limits.ts";
import type { Result } from "../core/problem.ts";
import type { Study } from "../core/study.ts";
import type { LaunchPlan, PreparedPlatform } from "../lab/ports.ts";

export interface PrepareOptions {
  readonly study: Study;
  /** Images and data sets live here. */
  readonly cache: string;
  /** Scratch disks and consoles of this run; emptied before and after. */
  readonly labFolder: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** One file and one line in index.ts. */
export interface Platform extends Abilities {
  readonly name: string;
  /** Files and commands without which it cannot start, by the Debian package that brings each. */
  needs(cache: string, study?: Study): Promise<Readonly<Record<string, string>>>;
  /** About how many times longer things take than on a computer that QEMU emulates, for first estimates; absent: 1. */
  readonly slower?: number;
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

/** The lock of every platform that has this host's processors at work. */
export const LAB_LOCK = "dvirt-lab";
