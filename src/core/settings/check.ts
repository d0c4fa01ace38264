import type { Problem } from "../problem.ts";
import { conditionCount, MOST_CONDITIONS, type Settled, settingNamed, splitKey } from "./condition.ts";
import { settings } from "./index.ts";

/** Where a key of `settings` or `factors` stands, or one of its values; the bare part for the whole. */
export type SettingPlaceOf = (part: "settings" | "factors", key?: string, at?: number) => string;

/** What is wrong with a study's settings and factors: unknown names and values, levels that have none, too many. */
export function settingProblems(study: Settled, placeOf: SettingPlaceOf): readonly Problem[] {
  const given = Object.entries(study.settings).flatMap(([key, value]) => [
    ...keyProblems(key, study.levels, placeOf("settings", key)),
    ...valueProblems(key, value, placeOf("settings", key)),
  ]);
  const factors = Object.entries(study.factors).flatMap(([key, values]) => [
    ...keyProblems(key, study.levels, placeOf("factors", key)),
    ...values.flatMap((value, at) => valueProblems(key, value, placeOf("factors", key, at))),
    ...fewProblems(key, values, placeOf("factors", key)),
  ]);
  const problems = [...given, ...factors];
  return problems.length > 0 ? problems : countProblems(study, placeOf("factors"));
}

function keyProblems(key: string, levels: number, at: string): readonly Problem[] {
  const { level, name } = splitKey(key);
  const setting = settingNamed(name);
  if (setting === undefined) {
    return [
      {
        code: "unknown-setting",
        at,
        what: `setting ${JSON.stringify(name)} is not known`,
        hint: `one of: ${settings.map((one) => one.name).join(", ")}; for one level alone: L1.${settings[0]?.name}`,
      },
    ];
  }
  if ((level ?? setting.fromLevel) > levels) {
    return [
      {
        code: "setting-beyond-levels",
        at,
        what: `${key} is for L${level ?? setting.fromLevel}, and the study's deepest level is L${levels}`,
        hint: `levels: ${level ?? setting.fromLevel}, or leave it out`,
      },
    ];
  }
  if (level === undefined || level >= setting.fromLevel) return [];
  return [
    {
      code: "setting-not-there",
      at,
      what: `${name} is what a hypervisor gives its guest, and L${level} has none below it`,
      hint: `${name}, or L${setting.fromLevel}.${name}`,
    },
  ];
}

function valueProblems(key: string, value: string, at: string): readonly Problem[] {
  const setting = settingNamed(splitKey(key).name);
  if (setting === undefined || setting.values.includes(value)) return [];
  return [
    {
      code: "unknown-setting-value",
      at,
      what: `${key} cannot be ${JSON.stringify(value)}`,
      hint: `one of: ${setting.values.join(", ")}`,
    },
  ];
}

function fewProblems(key: string, values: readonly string[], at: string): readonly Problem[] {
  if (new Set(values).size < values.length) {
    return [{ code: "bad-factor", at, what: `factor ${key} names a value twice`, hint: "each value once" }];
  }
  if (values.length > 1) return [];
  return [
    {
      code: "bad-factor",
      at,
      what: `factor ${key} has one value, so there is nothing to hold it against`,
      hint: `settings: { ${key}: ${values[0]} } gives it to every machine`,
    },
  ];
}

function countProblems({ factors }: Settled, at: string): readonly Problem[] {
  const count = conditionCount(factors);
  if (count <= MOST_CONDITIONS) return [];
  return [
    {
      code: "too-many-conditions",
      at,
      what: `the factors combine to ${count} conditions, each of which every boot brings up afresh; ${MOST_CONDITIONS} are the most`,
      hint: "fewer factors or values, or several studies",
    },
  ];
}
