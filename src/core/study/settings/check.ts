import { type Problem, problemsOf } from "../../base/problem.ts";
import { conditionCount, MOST_CONDITIONS, type Settled, settingNamed, splitKey } from "./condition.ts";
import { settings } from "./index.ts";

/** Where a key of `settings` or `factors` stands, or one of its values; the bare part for the whole. */
export type SettingPlaceOf = (part: "settings" | "factors", key?: string, at?: number) => string;

/** What is wrong with a study's settings and factors: unknown names and values, levels that have none, too many. */
export function settingProblems(study: Settled, placeOf: SettingPlaceOf): readonly Problem[] {
  const given = Object.entries(study.settings).flatMap(([key, value]) => [
    keyProblem(key, study.levels, placeOf("settings", key)),
    valueProblem(key, value, placeOf("settings", key)),
  ]);
  const factors = Object.entries(study.factors).flatMap(([key, values]) => [
    keyProblem(key, study.levels, placeOf("factors", key)),
    ...values.map((value, at) => valueProblem(key, value, placeOf("factors", key, at))),
    fewProblem(key, values, placeOf("factors", key)),
  ]);
  const problems = problemsOf(given, factors);
  return problems.length > 0 ? problems : problemsOf(countProblem(study, placeOf("factors")));
}

function keyProblem(key: string, levels: number, at: string): Problem | undefined {
  const { level, name } = splitKey(key);
  const setting = settingNamed(name);
  if (setting === undefined) {
    return {
      code: "unknown-setting",
      at,
      what: `setting ${JSON.stringify(name)} is not known`,
      hint: `one of: ${settings.map((one) => one.name).join(", ")}; for one level alone: L1.${settings[0]?.name}`,
    };
  }
  if ((level ?? setting.fromLevel) > levels) {
    return {
      code: "setting-beyond-levels",
      at,
      what: `${key} is for L${level ?? setting.fromLevel}, and the study's deepest level is L${levels}`,
      hint: `levels: ${level ?? setting.fromLevel}, or leave it out`,
    };
  }
  if (level === undefined || level >= setting.fromLevel) return undefined;
  return {
    code: "setting-not-there",
    at,
    what: `${name} is what a hypervisor gives its guest, and L${level} has none below it`,
    hint: `${name}, or L${setting.fromLevel}.${name}`,
  };
}

function valueProblem(key: string, value: string, at: string): Problem | undefined {
  const setting = settingNamed(splitKey(key).name);
  if (setting === undefined || setting.values.includes(value)) return undefined;
  return {
    code: "unknown-setting-value",
    at,
    what: `${key} cannot be ${JSON.stringify(value)}`,
    hint: `one of: ${setting.values.join(", ")}`,
  };
}

function fewProblem(key: string, values: readonly string[], at: string): Problem | undefined {
  if (new Set(values).size < values.length) {
    return { code: "bad-factor", at, what: `factor ${key} names a value twice`, hint: "each value once" };
  }
  if (values.length > 1) return undefined;
  return {
    code: "bad-factor",
    at,
    what: `factor ${key} has one value, so there is nothing to compare`,
    hint: `settings: { ${key}: ${values[0]} } gives it to every machine`,
  };
}

function countProblem({ factors }: Settled, at: string): Problem | undefined {
  const count = conditionCount(factors);
  if (count <= MOST_CONDITIONS) return undefined;
  return {
    code: "too-many-conditions",
    at,
    what: `the factors combine to ${count} conditions, each of which every boot brings up afresh; ${MOST_CONDITIONS} are the most`,
    hint: "fewer factors or values, or several studies",
  };
}
