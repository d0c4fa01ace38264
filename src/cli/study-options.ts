import { join } from "node:path";
import { exists, namesIn, textIfAny } from "../adapters/files.ts";
import { didYouMean } from "../core/base/nearest.ts";
import { optional } from "../core/base/optional.ts";
import { failed, ok, type Result } from "../core/base/problem.ts";
import type { ClockName } from "../core/study/clock.ts";
import { withOptions } from "../core/study/repetitions.ts";
import { type PolicyName, underPolicy } from "../core/study/resources-policy.ts";
import { onlyStudy, parseStudies, type Study } from "../core/study/study.ts";
import { checkedStudy } from "../core/study/study-check.ts";
import { platformNamed, platforms } from "../platforms/index.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, type StoreOption, say } from "./context.ts";
import { type OwnCommandOptions, ownCommandProblems, withOwn } from "./own-command.ts";

export interface StudyOptions extends StoreOption, OwnCommandOptions {
  /** Instead of the study's own. */
  readonly platform?: string;
  readonly hardware?: Study["hardware"];
  readonly clock?: ClockName;
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
  const misplaced = ownCommandProblems(context, options);
  if (misplaced.length > 0) return failed(...misplaced);
  const loaded = await loadStudies(context, name);
  if (!loaded.ok) return loaded;
  const placed = onPlatform(context, loaded.value, options);
  if (!placed.ok) return placed;
  const deepest = Math.max(...placed.value.map(({ levels }) => levels));
  const changed = placed.value.map((study) => {
    // Where a platform goes less deep than the study, it does so by any option.
    const asked = options.levels ?? study.levels;
    const levels = study.levels < deepest ? Math.min(study.levels, asked) : asked;
    return changedStudy(study, { ...options, levels }, context.behindDashes);
  });
  const problems = changed.flatMap((one) => (one.ok ? [] : one.problems));
  return problems.length > 0
    ? failed(...problems)
    : ok(changed.flatMap((one) => (one.ok ? [one.value] : [])));
}

/** A study with its options, for a command that works on one platform. */
export async function loadStudyWith(
  context: Context,
  name: string,
  options: StudyOptions,
): Promise<Result<Study>> {
  const loaded = await loadStudiesWith(context, name, options);
  if (!loaded.ok) return loaded;
  return onlyStudy(loaded.value, name);
}

function changedStudy(given: Study, options: StudyOptions, ownCommand: readonly string[]): Result<Study> {
  const replaced = ownCommand.length === 0 ? ok(given) : withOwn(given, ownCommand, options);
  if (!replaced.ok) return replaced;
  const study = replaced.value;
  const unknown = (options.workloads ?? []).filter(
    (wanted) => !study.workloads.some((own) => own.name === wanted),
  );
  if (unknown.length > 0) {
    return failed({
      code: "bad-option",
      at: "--workloads",
      what: `study ${study.name} has no ${unknown.join(", no ")}`,
      hint: `${didYouMean(
        unknown[0] ?? "",
        study.workloads.map((own) => own.name),
      )}${study.workloads.map((own) => own.name).join(",")}`,
    });
  }
  const levels = options.levels ?? study.levels;
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
    ...optional({ clock: options.clock ?? study.clock }),
    resources,
    repetitions: withOptions(study.repetitions, options),
    workloads: study.workloads.filter((own) => options.workloads?.includes(own.name) ?? true),
  };
  return checkedStudy(changed, platformNamed(study.platform));
}

/**
 * `--platform`: the same study on another platform, or on one of its several. Where no depth was asked for it goes as
 * deep as that does, and says so where it is less than the study's.
 */
function onPlatform(
  context: Context,
  studies: readonly Study[],
  { platform: wanted, levels }: StudyOptions,
): Result<readonly Study[]> {
  if (wanted === undefined) return ok(studies);
  const own = studies.find(({ platform }) => platform === wanted);
  const study = own ?? studies[0];
  const platform = platforms.find(({ name }) => name === wanted);
  if (platform === undefined || study === undefined) {
    return failed({
      code: "unknown-platform",
      at: "--platform",
      what: `platform ${JSON.stringify(wanted)} is not known`,
      hint: `${didYouMean(
        wanted,
        platforms.map(({ name }) => name),
      )}one of: ${platforms.map(({ name }) => name).join(", ")}`,
    });
  }
  const { limits } = platform;
  if (limits === undefined || levels !== undefined || study.levels <= limits.deepest) {
    return ok([{ ...study, platform: wanted }]);
  }
  const { deepest, bottom } = limits;
  say(context, `${wanted} has no L${deepest + 1}: ${bottom}. L${deepest} is the deepest level measured`);
  return ok([toLevel({ ...study, platform: wanted }, deepest)]);
}

/** The study to another depth. A chain of hypervisors ends where the levels do. */
function toLevel(study: Study, levels: number): Study {
  return { ...study, levels, ...optional({ hypervisors: study.hypervisors?.slice(0, levels) }) };
}

/** A study by the name of one that ships, or by its file: one for each of its platforms. */
async function loadStudies(context: Context, nameOrFile: string): Promise<Result<readonly Study[]>> {
  const shipped = join(context.home, "studies", `${nameOrFile}.yaml`);
  const file = (await exists(nameOrFile)) || !(await exists(shipped)) ? nameOrFile : shipped;
  const text = await textIfAny(file);
  if (text === undefined) {
    const names = (await namesIn(join(context.home, "studies")))
      .map((name) => name.replace(/\.yaml$/, ""))
      .sort();
    return failed({
      code: "no-study",
      at: nameOrFile,
      what: "there is no such study, by name or by file that can be read",
      hint: `${didYouMean(nameOrFile, names)}one of ${names.join(", ")}, or the path of a YAML file; a command of your own stands behind --`,
    });
  }
  const label = file === shipped ? join("studies", `${nameOrFile}.yaml`) : file;
  return parseStudies(text, label, { workloads, platforms });
}
