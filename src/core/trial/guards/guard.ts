import type { Timing } from "../../base/timing.ts";
import type { Declared } from "../../machine/declared.ts";
import { type Driver, makerOf } from "../../machine/driver.ts";
import { sections } from "../../machine/facts.ts";
import { readSnapshot, type Snapshot, type TimedText } from "../../machine/snapshot.ts";
import type { Reading } from "../../study/workload.ts";
import type { GuardResult, Observation } from "../observation.ts";

/** One reason to believe a trial or not: a small pure check over what the trial left. */
export interface Guard {
  /** What it looks at, in lower case with dashes. */
  readonly name: string;
  readonly check: (input: GuardInput) => Outcome;
}

export type Outcome = Omit<GuardResult, "guard">;

export interface GuardInput extends GuardContext {
  readonly observation: Observation;
  readonly reading: Reading;
}

/** What a trial is compared with. */
export interface GuardContext {
  readonly hardware: "real" | "emulated" | "simulated";
  readonly timing: Timing;
  /** The image that every level must have booted; undefined where the run has none. */
  readonly imageId: string | undefined;
  /** What the study says each level is, L0 first; undefined where dvirt makes the machines. */
  readonly declared: readonly Declared[] | undefined;
  /** The machines of the bring-up that the trial ran in. */
  readonly machines: readonly MachineAtBringUp[];
}

export interface MachineAtBringUp {
  readonly level: number;
  /** What turned the level below into it, such as `qemu-kvm`. */
  readonly driver?: Driver;
  readonly facts: string;
  readonly snapshot: TimedText;
}

/** A level's machine, as it came up last. */
export function machineAt(
  { machines }: Pick<GuardContext, "machines">,
  level: number,
): MachineAtBringUp | undefined {
  return machines.findLast((one) => one.level === level);
}

/** What made a level's machine; undefined where none is known. */
export function makerAt(context: Pick<GuardContext, "machines">, level: number) {
  const driver = machineAt(context, level)?.driver;
  return driver && makerOf(driver);
}

/** One level around a trial, read. */
export interface LevelAround {
  readonly level: number;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly atBringUp: Snapshot | undefined;
  /** Sections of the facts at bring-up. */
  readonly facts: ReadonlyMap<string, string>;
}

/** Every level that was up, with what it said at bring-up, before and after; L0 first. */
export function levelsAround(input: GuardInput): readonly LevelAround[] {
  return input.observation.evidence.map(({ level, before, after }) => {
    const machine = machineAt(input, level);
    return {
      level,
      before: readSnapshot(before),
      after: readSnapshot(after),
      atBringUp: machine === undefined ? undefined : readSnapshot(machine.snapshot.text),
      facts: sections(machine?.facts ?? ""),
    };
  });
}

export const fine = (sentence: string): Outcome => ({ kind: "fine", sentence });
export const doubt = (sentence: string): Outcome => ({ kind: "doubt", sentence });
export const unknown = (sentence: string): Outcome => ({ kind: "unknown", sentence });

/**
 * One outcome for all levels: the doubts if there are any, else what is unknown, else that all is well. A trial
 * without evidence of any level is unknown.
 */
export function overLevels(each: readonly Outcome[], well: string): Outcome {
  for (const kind of ["doubt", "unknown"] as const) {
    const own = each.filter((one) => one.kind === kind);
    if (own.length > 0) return { kind, sentence: own.map(({ sentence }) => sentence).join("; ") };
  }
  return each.length === 0 ? unknown("no level said anything of itself") : fine(well);
}

/** One outcome for all levels that were up, each checked by itself. */
export function eachLevel(input: GuardInput, well: string, check: (around: LevelAround) => Outcome): Outcome {
  return overLevels(levelsAround(input).map(check), well);
}
