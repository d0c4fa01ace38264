import type { Declared } from "../declared.ts";
import { sections } from "../facts.ts";
import type { GuardFinding, Observation } from "../observation.ts";
import { readSnapshot, type Snapshot, type TimedText } from "../snapshot.ts";
import type { Timing } from "../timing.ts";
import type { Reading } from "../workload.ts";

/** One reason to believe a trial or not: a small pure check over what the trial left. */
export interface Guard {
  /** What it looks at, in lower case with dashes. */
  readonly name: string;
  readonly check: (input: GuardInput) => Outcome;
}

export type Outcome = Omit<GuardFinding, "guard">;

export interface GuardInput extends GuardContext {
  readonly observation: Observation;
  readonly reading: Reading;
}

/** What a trial is held against. */
export interface GuardContext {
  readonly hardware: "real" | "emulated" | "simulated";
  /** Absent: wall. */
  readonly timing?: Timing;
  /** The image that every level must have booted; undefined where the run has none. */
  readonly imageId: string | undefined;
  /** What the study says each level is, L0 first; absent where dvirt made the machines. */
  readonly declared?: readonly Declared[];
  /** The machines of the bring-up that the trial ran in. */
  readonly machines: readonly MachineAtBringUp[];
}

export interface MachineAtBringUp {
  readonly level: number;
  /** What turned the level below into it, such as `qemu-kvm`. */
  readonly driver?: string;
  readonly facts: string;
  /** Absent in runs that are older than it. */
  readonly snapshot?: TimedText;
}

/** A level's machine, as it came up last. */
export function machineAt(
  { machines }: Pick<GuardContext, "machines">,
  level: number,
): MachineAtBringUp | undefined {
  return machines.findLast((one) => one.level === level);
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
      atBringUp: machine?.snapshot === undefined ? undefined : readSnapshot(machine.snapshot.text),
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

/**
 * Something that must be the same from bring-up to the end of a trial, at every level. Where a machine did not say
 * it at one of these times, it is unknown whether it was.
 */
export function unchanged(
  input: GuardInput,
  what: string,
  read: (snapshot: Snapshot) => string | undefined,
  atBringUp: (around: LevelAround) => string | undefined,
): Outcome {
  const each = levelsAround(input).map((around): Outcome => {
    const times: readonly (readonly [when: string, value: string | undefined])[] = [
      ["at bring-up", atBringUp(around)],
      ["before", read(around.before)],
      ["after", read(around.after)],
    ];
    const missing = times.filter(([, value]) => value === undefined).map(([when]) => when);
    if (missing.length > 0) return unknown(`L${around.level}: no ${what} ${missing.join(", ")}`);
    const values = new Set(times.map(([, value]) => value));
    if (values.size === 1) return fine("");
    return doubt(
      `L${around.level}: ${what} was ${times.map(([when, value]) => `${value} ${when}`).join(", ")}`,
    );
  });
  return overLevels(each, `${what} stayed the same at every level`);
}
