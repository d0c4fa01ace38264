import type { z } from "zod";
import type { Command } from "./command.ts";
import type { Result } from "./problem.ts";

/** Every workload answers the two questions of the 2014 study; units are base units. */
export interface Reading {
  /** Transactions per second. */
  readonly throughputPerSecond: number;
  /** Mean response time of a transaction, in seconds. */
  readonly responseMeanSeconds: number;
  /** Anything else the tool printed that later checks need, by name, in base units. */
  readonly more: Readonly<Record<string, number>>;
}

/** Where a machine keeps what workloads need, as that machine names it. */
export interface WorkPlace {
  /** The read-only block device or file with the data set. */
  readonly dataDisk: string;
  /** The block device or file that may be overwritten. */
  readonly scratchDisk: string;
}

/** What a workload's author writes: one file, one object. */
export interface WorkloadDefinition<P> {
  readonly name: string;
  /** One clause that says what it isolates. */
  readonly about: string;
  /** Binaries that the machine must have. */
  readonly needs: readonly string[];
  readonly params: z.ZodType<P>;
  /** Rows of the data set that must be on the data disk; absent where none is needed. */
  readonly dataSet?: (params: P) => DataSet;
  readonly prepare?: (params: P, place: WorkPlace) => readonly Command[];
  /** What is measured; it gets a limit from the guess below. */
  readonly argv: (params: P) => readonly string[];
  readonly cleanup?: (params: P) => readonly Command[];
  readonly parse: (stdout: string) => Result<Reading>;
  /** Seconds that one trial takes at L0 of an emulated computer: a first guess until one was seen. */
  readonly guessSeconds: (params: P) => number;
  /** What the simulated machine answers for the given true figures. */
  readonly render: (params: P, truth: SimulatedTruth) => string;
}

export interface DataSet {
  readonly tables: number;
  readonly rows: number;
  /** Bytes of the server's redo log. */
  readonly logBytes: number;
  /** The server's configuration file, the same while filling and while measuring. */
  readonly serverConfiguration: string;
}

export interface SimulatedTruth {
  readonly throughputPerSecond: number;
  readonly threads: number;
}

/** A workload with its parameters resolved: everything that a trial needs. */
export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly string[];
  /** Plain data, stored with the study. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly dataSet: DataSet | undefined;
  readonly command: Command;
  readonly prepare: (place: WorkPlace) => readonly Command[];
  readonly cleanup: readonly Command[];
  readonly parse: (stdout: string) => Result<Reading>;
  readonly guessSeconds: number;
  readonly render: (truth: SimulatedTruth) => string;
}

/** A definition that has forgotten its parameter type, so that a registry can hold many. */
export interface WorkloadKind {
  readonly name: string;
  readonly about: string;
  /** Parameters as they stand in a study, without the name; issues carry the path of the parameter. */
  resolve(params: unknown): Resolved;
}

export type Resolved =
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/**
 * A trial that takes longer has hung: far above what a guest's guest on a busy emulated computer was seen
 * to need (some 10 times the guess), far below what a person would wait.
 */
function trialLimitSeconds(guessSeconds: number): number {
  return Math.ceil(180 + 40 * guessSeconds);
}

export function defineWorkload<P extends Readonly<Record<string, unknown>>>(
  definition: WorkloadDefinition<P>,
): WorkloadKind {
  return {
    name: definition.name,
    about: definition.about,
    resolve(raw) {
      const parsed = definition.params.safeParse(raw);
      if (!parsed.success) return { ok: false, issues: parsed.error.issues };
      const params = parsed.data;
      const workload: Workload = {
        name: definition.name,
        about: definition.about,
        needs: definition.needs,
        params,
        dataSet: definition.dataSet?.(params),
        command: {
          argv: definition.argv(params),
          timeoutSeconds: trialLimitSeconds(definition.guessSeconds(params)),
        },
        prepare: (place) => definition.prepare?.(params, place) ?? [],
        cleanup: definition.cleanup?.(params) ?? [],
        parse: definition.parse,
        guessSeconds: definition.guessSeconds(params),
        render: (truth) => definition.render(params, truth),
      };
      return { ok: true, workload };
    },
  };
}
