import type { z } from "zod";
import type { Command } from "./command.ts";
import { evaluate, parseExpression, rounded } from "./expression.ts";
import type { Result } from "./problem.ts";
import type { Size } from "./resources-policy.ts";
import { formatBytes, parseBytes, sizeText } from "./units.ts";

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
  /** What a command is put behind to run in the measured size; absent where nothing is confined. */
  readonly confined?: readonly string[];
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
  /** Plain data, stored with the study: defaults are filled in, expressions are as the study says them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The same with expressions worked out: what the commands are made from. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The same workload on a measured machine of this size. */
  at(size: Size): Resolved;
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
  /**
   * Parameters as they stand in a study, without the name; issues carry the path of the parameter. Expressions are
   * worked out for a measured machine of the size; without one they are refused.
   */
  resolve(params: unknown, size?: Size): Resolved;
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
  const resolve = (raw: unknown, size?: Size): Resolved => {
    const given = workedOut(raw, size);
    const parsed = definition.params.safeParse(given.values);
    if (!parsed.success) {
      return { ok: false, issues: parsed.error.issues.map((issue) => explained(issue, given)) };
    }
    const params = parsed.data;
    return {
      ok: true,
      workload: {
        name: definition.name,
        about: definition.about,
        needs: definition.needs,
        params: { ...params, ...given.expressions },
        values: params,
        at: (other) => resolve(raw, other),
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
      },
    };
  };
  return { name: definition.name, about: definition.about, resolve };
}

/** Parameters with their expressions worked out, as far as that goes. */
interface WorkedOut {
  readonly values: unknown;
  /** The text of each expression, by parameter. */
  readonly expressions: Readonly<Record<string, string>>;
  /** What is to be said where a parameter turns out to be wrong. */
  readonly remarks: ReadonlyMap<string, string>;
}

function workedOut(raw: unknown, size: Size | undefined): WorkedOut {
  if (typeof raw !== "object" || raw === null) return { values: raw, expressions: {}, remarks: new Map() };
  const values: Record<string, unknown> = { ...raw };
  const expressions: Record<string, string> = {};
  const remarks = new Map<string, string>();
  for (const [key, text] of Object.entries(raw)) {
    // What is a plain size or a plain number in quotes is judged as it stands.
    if (typeof text !== "string" || parseBytes(text) !== undefined) continue;
    const read = parseExpression(text);
    if (!read.ok) {
      remarks.set(key, read.problems[0]?.what ?? "");
      continue;
    }
    if (read.value.kind === "count") continue;
    if (size === undefined) {
      remarks.set(key, "an expression needs a machine to follow");
      continue;
    }
    const amount = evaluate(read.value, size);
    if (!amount.ok) {
      remarks.set(key, amount.problems[0]?.what ?? "");
      continue;
    }
    const { kind, value } = rounded(amount.value);
    values[key] = kind === "count" ? value : sizeText(value);
    expressions[key] = text;
    remarks.set(key, `with ${sizeWords(size)} this is ${String(values[key])}`);
  }
  return { values, expressions, remarks };
}

export function sizeWords({ cpus, memoryBytes }: Size): string {
  return `${cpus} CPU(s) and ${formatBytes(memoryBytes)}`;
}

/** An issue of a parameter that is, or should have been, a number or a size says what became of its text. */
function explained(issue: z.core.$ZodIssue, { expressions, remarks }: WorkedOut): z.core.$ZodIssue {
  const key = String(issue.path[0]);
  const remark = remarks.get(key);
  if (remark === undefined || issue.path.length !== 1) return issue;
  if (key in expressions) return { ...issue, message: `${remark}: ${issue.message}` };
  // A word of a choice, such as O_DIRECT, never was an expression.
  return issue.code === "invalid_type" || issue.code === "custom" ? { ...issue, message: remark } : issue;
}

/** What is wrong with a workload's expressions on measured machines of these sizes, L0 first. */
export function sizeIssues(workload: Workload, sizes: readonly Size[]): readonly z.core.$ZodIssue[] {
  const at = sizes.map((size) => workload.at(size));
  const issues = at.flatMap((one) => (one.ok ? [] : one.issues));
  const seen = issues.filter(
    (issue, index) => issues.findIndex((other) => other.message === issue.message) === index,
  );
  const sets = new Set(at.flatMap((one) => (one.ok ? [JSON.stringify(one.workload.dataSet)] : [])));
  if (sets.size < 2) return seen;
  return [
    ...seen,
    {
      code: "custom",
      path: [],
      input: workload.params,
      message:
        "the levels would work on different data sets, because an expression that shapes it differs from level to level",
    },
  ];
}

/** The workload on a measured machine whose size was judged before any boot; anything else is a bug. */
export function sized(workload: Workload, size: Size): Workload {
  const at = workload.at(size);
  if (at.ok) return at.workload;
  throw new Error(`${workload.name} cannot run with ${sizeWords(size)}: ${JSON.stringify(at.issues)}`);
}
