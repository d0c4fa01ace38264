import type { Hypervisor } from "./hypervisors.ts";
import type { Problem } from "./problem.ts";
import { splitKey } from "./settings/condition.ts";
import type { Study } from "./study.ts";
import { xenProblems } from "./xen.ts";

/** What a platform has less of than a study may ask for. */
export interface PlatformLimits {
  /** The deepest level. */
  readonly deepest: number;
  /** Why there is nothing below it. */
  readonly bottom: string;
  /** Always `emulated`: its L0 is never this host itself. */
  readonly hardware: "emulated";
  /** Names of the settings that its machines can be given. */
  readonly settings: readonly string[];
}

/** What a platform can do, as far as a study may ask for more. */
export interface Abilities {
  /** Absent where it can do all. */
  readonly limits?: PlatformLimits;
  /** What a study may say runs a guest; absent where that cannot be chosen. */
  readonly hypervisors?: readonly Hypervisor[];
}

/** What of a study the platform that it names cannot do; each with its remedy. */
export function limitProblems(study: Study, { limits, hypervisors = [] }: Abilities): readonly Problem[] {
  const unable = (study.hypervisors ?? []).filter((one) => !hypervisors.includes(one));
  const chain: readonly Problem[] =
    unable.length === 0
      ? []
      : [
          {
            code: "hypervisor-not-there",
            at: study.name,
            what: `${study.platform} cannot run a guest by ${unable.join(" or ")} where a study says so`,
            hint: hypervisors.length === 0 ? "leave hypervisors out" : `one of: ${hypervisors.join(", ")}`,
          },
        ];
  return [...chain, ...xenProblems(study), ...(limits === undefined ? [] : withinLimits(study, limits))];
}

function withinLimits(study: Study, limits: PlatformLimits): readonly Problem[] {
  const { deepest, bottom, settings } = limits;
  const at = study.name;
  const problems: Problem[] = [];
  if (study.levels > deepest) {
    problems.push({
      code: "too-deep",
      at,
      what: `${study.platform} has no L${deepest + 1}: ${bottom}`,
      hint: `levels: ${deepest}, or --levels ${deepest}`,
    });
  }
  if (study.hardware === "real") {
    problems.push({
      code: "not-on-real-hardware",
      at,
      what: `${study.platform} is always an emulated computer, and the study wants real hardware`,
      hint: "hardware: emulated, or --hardware emulated",
    });
  }
  const keys = [...Object.keys(study.settings), ...Object.keys(study.factors)];
  for (const key of keys.filter((one) => !settings.includes(splitKey(one).name))) {
    problems.push({
      code: "setting-not-there",
      at,
      what: `${study.platform} cannot give its machines the setting ${key}`,
      hint: settings.length === 0 ? "leave it out" : `one of: ${settings.join(", ")}`,
    });
  }
  return problems;
}
