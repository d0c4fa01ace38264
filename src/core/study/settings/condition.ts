import { settings } from "./index.ts";
import { type MachineDesign, type Setting, USUAL_DESIGN } from "./setting.ts";

/** Values by key: a setting's name for every level where it applies, or `Ln.name` for one level. */
export type Assignments = Readonly<Record<string, string>>;

/** The values that are compared, by the same keys; each is compared with the first. */
export type Factors = Readonly<Record<string, readonly string[]>>;

/** One combination of the factors' values. */
export interface Condition {
  /** 1-based; stands in the ids of its trials. */
  readonly index: number;
  readonly values: Assignments;
  /** `thp never, L1.mitigations off`. */
  readonly name: string;
}

/** More would take days, and nobody would read them. */
export const MOST_CONDITIONS = 32;

/** Every combination of the factors' values, the last factor varying fastest; none without factors. */
export function conditionsOf({ factors }: { readonly factors: Factors }): readonly Condition[] {
  const entries = Object.entries(factors);
  if (entries.length === 0) return [];
  const combined = entries.reduce<readonly Assignments[]>(
    (found, [key, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
  return combined.map((values, at) => ({ index: at + 1, values, name: assignmentsText(values) }));
}

export function conditionCount(factors: Factors): number {
  return Object.values(factors).reduce((product, values) => product * values.length, 1);
}

export function assignmentsText(values: Assignments): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}

/** A key's level, if it names one, and its setting's name. */
export function splitKey(key: string): { readonly level: number | undefined; readonly name: string } {
  const match = /^L(\d+)\.(.*)$/.exec(key);
  return match === null ? { level: undefined, name: key } : { level: Number(match[1]), name: match[2] ?? "" };
}

export function settingNamed(name: string): Setting | undefined {
  return settings.find((setting) => setting.name === name);
}

/** The first level whose machine a key changes: what is measured below it can only show chance. */
export function firstLevelOf(key: string): number {
  const { level, name } = splitKey(key);
  return level ?? settingNamed(name)?.fromLevel ?? 0;
}

export interface Settled {
  readonly settings: Assignments;
  readonly factors: Factors;
  /** The deepest level. */
  readonly levels: number;
}

/** The design of the machine at a level under a condition; without one, of the first. */
export function designAt(study: Settled, level: number, condition: number | undefined): MachineDesign {
  const conditions = conditionsOf(study);
  const chosen = conditions.find(({ index }) => index === condition) ?? conditions[0];
  const values = { ...study.settings, ...chosen?.values };
  const parts = settings.flatMap((setting) => {
    const value = values[`L${level}.${setting.name}`] ?? values[setting.name];
    return value === undefined || level < setting.fromLevel
      ? []
      : [setting.design(value, { hosts: level < study.levels })];
  });
  let design = USUAL_DESIGN;
  for (const part of parts) design = { ...design, ...part };
  return {
    ...design,
    kernelArguments: parts.flatMap((part) => part.kernelArguments ?? []),
    onMachine: parts.flatMap((part) => part.onMachine ?? []),
  };
}
