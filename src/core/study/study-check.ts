import { failed, type Problem, problemsOf, type Result } from "../base/problem.ts";
import { formatBytes } from "../base/units.ts";
import type { Abilities, PlatformLimits } from "./abilities.ts";
import { clockProblem } from "./clock.ts";
import { levelSizes, measuredSizes, PLENTY } from "./level-sizes.ts";
import { fittedTo } from "./resources.ts";
import { settingProblems } from "./settings/check.ts";
import { splitKey } from "./settings/condition.ts";
import type { Study } from "./study.ts";
import { targetProblems } from "./targets.ts";
import { xenProblems } from "./xen.ts";

/** With less than this MariaDB's guests and QEMU's were killed, because they ran out of memory. */
const SMALLEST_BYTES = 384 * 2 ** 20;

/**
 * A study with its workloads ready for its platform, or everything that is wrong with it as far as no host is needed to
 * know it. `plan` and `run` both ask it, after the command line's options have changed the study.
 */
export function checkedStudy(study: Study, platform: Abilities): Result<Study> {
  const placed = [
    ...settingProblems(study, () => "--levels"),
    ...targetProblems(study, platform.machines, () => study.name),
  ];
  // Sizes of a study that does not fit together would say nothing.
  if (placed.length > 0) return failed(...placed);
  const problems = problemsOf(
    limitProblems(study, platform),
    platform.machines.kind === "made" ? smallProblem(study) : undefined,
  );
  const fitted = fittedTo(study, measuredSizes(study, platform.limits?.cpus ?? PLENTY));
  return fitted.ok && problems.length === 0
    ? fitted
    : failed(...problems, ...(fitted.ok ? [] : fitted.problems));
}

function smallProblem(study: Study): Problem | undefined {
  // Memory depends on no number of CPUs.
  const least = Math.min(...levelSizes(study, PLENTY).map(({ memoryBytes }) => memoryBytes));
  if (least >= SMALLEST_BYTES) return undefined;
  const given =
    study.resources.policy === "over-committed"
      ? "resources.host.memory and memoryShare that leave each level"
      : "resources.guest.memory of";
  return {
    code: "guest-too-small",
    at: study.name,
    what: `a guest of ${formatBytes(least)} cannot boot and run the workloads`,
    hint: `${given} at least ${formatBytes(SMALLEST_BYTES)}`,
  };
}

/** The parts of a study that its platform cannot do, each with its remedy. */
function limitProblems(study: Study, { limits, machines, hypervisors = [] }: Abilities): readonly Problem[] {
  const unable = (study.hypervisors ?? []).filter((one) => !hypervisors.includes(one));
  return problemsOf(
    unable.length === 0
      ? undefined
      : {
          code: "hypervisor-not-there",
          at: study.name,
          what: `${study.platform} cannot run a guest by ${unable.join(" or ")} where a study says so`,
          hint: hypervisors.length === 0 ? "leave hypervisors out" : `one of: ${hypervisors.join(", ")}`,
        },
    xenProblems(study),
    clockProblem(study, { machines }),
    machines.kind === "made" && machines.hardware === "emulated" && study.hardware === "real"
      ? {
          code: "not-on-real-hardware",
          at: study.name,
          what: `${study.platform} is always an emulated computer, and the study wants real hardware`,
          hint: "hardware: emulated, or --hardware emulated",
        }
      : undefined,
    limits && withinLimits(study, limits),
  );
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
  if (study.resources.pin === true && limits.pinning === "none") {
    problems.push({
      code: "pinning-not-there",
      at,
      what: `${study.platform} pins no processors`,
      hint: "resources without pin",
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
