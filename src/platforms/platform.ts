import type { Result } from "../core/base/problem.ts";
import type { Abilities } from "../core/study/abilities.ts";
import type { Study } from "../core/study/study.ts";
import type { Making } from "../images/build.ts";
import type { LaunchPlan, ReadyPlatform } from "../lab/ports.ts";

export interface SetUpOptions extends Making {
  readonly study: Study;
  /** Scratch disks and consoles of this run; emptied before and after. */
  readonly labFolder: string;
}

/** One file and one line in index.ts. */
export interface Platform extends Abilities {
  /** Files and commands without which it cannot start, by the Debian package that brings each. */
  needs(cache: string, study?: Study): Promise<Readonly<Record<string, string>>>;
  setUp(options: SetUpOptions & { readonly seed: number }): Promise<Result<ReadyPlatform>>;
  /** What would be launched, L0 first, without doing it. */
  preview(
    study: Study,
    hardware: "real" | "emulated",
    hostCpus: number,
    condition: number | undefined,
  ): readonly LaunchPlan[];
}

/** Held while machines are made on this host: two runs at once would disturb each other. */
export const LAB_LOCK = "dvirt-lab";
