import { limitProblems } from "../core/platform-limits.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import type { Study } from "../core/study.ts";
import { platformNamed, platforms } from "../platforms/index.ts";
import { type Context, say } from "./context.ts";

/**
 * `--platform`: the same study on another platform, or on one of its several. Where no depth was asked for it goes as
 * deep as that does, and says so where it is less than the study's.
 */
export function onPlatform(
  context: Context,
  studies: readonly Study[],
  { platform: wanted, levels }: { readonly platform?: string; readonly levels?: number },
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
      hint: `one of: ${platforms.map(({ name }) => name).join(", ")}`,
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

/** The same study to another depth; a chain of hypervisors ends where the levels do. */
export function toLevel(study: Study, levels: number): Study {
  if (study.hypervisors === undefined) return { ...study, levels };
  return { ...study, levels, hypervisors: study.hypervisors.slice(0, levels) };
}

/** A study that its platform can do. */
export function possible(study: Study): Result<Study> {
  const problems = limitProblems(study, platformNamed(study.platform));
  return problems.length > 0 ? failed(...problems) : ok(study);
}
