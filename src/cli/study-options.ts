import { nominalSizes } from "../core/level-sizes.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import { withOptions } from "../core/repetitions.ts";
import { expressionProblems } from "../core/resources.ts";
import { type PolicyName, underPolicy } from "../core/resources-policy.ts";
import { settingProblems } from "../core/settings/check.ts";
import { type HardwareChoice, onlyStudy, type Study } from "../core/study.ts";
import { type Context, loadStudies, type StoreOption } from "./context.ts";
import { onPlatform, possible, toLevel } from "./on-platform.ts";

export interface StudyOptions extends StoreOption {
  /** Instead of the study's own. */
  readonly platform?: string;
  readonly hardware?: HardwareChoice;
  readonly levels?: number;
  readonly boots?: number;
  readonly runs?: number;
  /** Relative half-width. */
  readonly until?: number;
  /** Seconds. */
  readonly budget?: number;
  readonly workloads?: readonly string[];
  readonly resources?: PolicyName;
}

/** A study as its file and the command line's options say, for each of its platforms. */
export async function loadStudiesWith(
  context: Context,
  name: string,
  options: StudyOptions,
): Promise<Result<readonly Study[]>> {
  const loaded = await loadStudies(context, name);
  if (!loaded.ok) return loaded;
  const placed = onPlatform(context, loaded.value, options);
  if (!placed.ok) return placed;
  const deepest = Math.max(...placed.value.map(({ levels }) => levels));
  const changed = placed.value.map((study) => {
    // Where a platform goes less deep than the study, it does so by any option.
    const asked = options.levels ?? study.levels;
    const levels = study.levels < deepest ? Math.min(study.levels, asked) : asked;
    return changedStudy(study, { ...options, levels });
  });
  const problems = changed.flatMap((one) => (one.ok ? [] : one.problems));
  return problems.length > 0
    ? failed(...problems)
    : ok(changed.flatMap((one) => (one.ok ? [one.value] : [])));
}

/** The same for a command that is on one platform. */
export async function loadStudyWith(
  context: Context,
  name: string,
  options: StudyOptions,
): Promise<Result<Study>> {
  const loaded = await loadStudiesWith(context, name, options);
  if (!loaded.ok) return loaded;
  return onlyStudy(loaded.value, name);
}

function changedStudy(study: Study, options: StudyOptions): Result<Study> {
  const unknown = (options.workloads ?? []).filter(
    (wanted) => !study.workloads.some((own) => own.name === wanted),
  );
  if (unknown.length > 0) {
    return failed({
      code: "bad-option",
      at: "--workloads",
      what: `study ${study.name} has no ${unknown.join(", no ")}`,
      hint: study.workloads.map((own) => own.name).join(","),
    });
  }
  const levels = options.levels ?? study.levels;
  const misplaced = settingProblems({ ...study, levels }, () => "--levels");
  if (misplaced.length > 0) return failed(...misplaced);
  const policy = options.resources ?? study.resources.policy;
  const resources = underPolicy(study.resources, policy, levels);
  if (resources === undefined) {
    return failed({
      code: "bad-option",
      at: "--resources",
      what: `study ${study.name} is ${study.resources.policy} and says no guest and no reserve, which ${policy} needs`,
      hint: "a study of its own with resources.guest and resources.reserve",
    });
  }
  if (options.budget !== undefined && options.until === undefined && study.repetitions.kind === "fixed") {
    return failed({
      code: "bad-option",
      at: "--budget",
      what: `study ${study.name} has a fixed number of boots, which no budget ends`,
      hint: "--until 5% --budget 1h, or repetitions.until in the study",
    });
  }
  const changed: Study = {
    ...toLevel(study, levels),
    hardware: options.hardware ?? study.hardware,
    resources,
    repetitions: withOptions(study.repetitions, options),
    workloads: study.workloads.filter((own) => options.workloads?.includes(own.name) ?? true),
  };
  const misfit = expressionProblems(changed, nominalSizes(changed));
  return misfit.length > 0 ? failed(...misfit) : possible(changed);
}
