import type { z } from "zod";
import type { Command } from "../base/command.ts";
import type { Metric, PerMetric } from "../base/metrics.ts";
import type { Result } from "../base/problem.ts";
import { formatBytes, parseBytes, sizeText } from "../base/units.ts";
import { evaluate, parseExpression, rounded } from "./expression.ts";
import { plainIssue } from "./plain-issue.ts";
import type { Size } from "./resources-policy.ts";
import { type Parameter, parametersOf } from "./study-keys.ts";

/** What a trial measured, in base units. */
export interface Reading {
  readonly metrics: PerMetric<number>;
  /** The least step in which the tool prints each, in its own unit; absent where that is not known. */
  readonly resolution?: Partial<Record<Metric, number>>;
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
  /** Programs that the machine must have: by name alone where any release will do. */
  readonly needs: readonly (string | Tool)[];
  /** Debian packages that an image gets for it; absent where every image has what it needs. */
  readonly packages?: readonly string[];
  readonly params: z.ZodType<P>;
  /** Rows of the data set that must be on the data disk; absent where none is needed. */
  readonly dataSet?: (params: P) => DataSet;
  readonly prepare?: (params: P, place: WorkPlace) => readonly Command[];
  /** What is measured; it gets a limit from the guess below. */
  readonly argv: (params: P, place: WorkPlace) => readonly string[];
  readonly cleanup?: (params: P, place: WorkPlace) => readonly Command[];
  /** From what the measured command printed, and its preparation before it. */
  readonly parse: (stdout: string, prepared?: string) => Result<Reading>;
  /** Why the tool would measure nothing in a measured machine of this size; a study with such a level is refused. */
  readonly unfit?: (params: P, size: Size) => Unfit | undefined;
  /** What the parameters come to that nobody sees in them, for a reader of the plan. */
  readonly remark?: (params: P) => string | undefined;
  /** Seconds that one trial takes at L0 of an emulated computer: a first guess until one was seen. */
  readonly guessSeconds: (params: P) => number;
  /** What the simulated machine answers for the given true figures. */
  readonly render: (params: P, truth: SimulatedTruth) => string;
}

/** Parameters that the tool would make nothing of. */
export interface Unfit {
  readonly what: string;
  readonly hint: string;
}

/** A program of which only some releases are understood. */
export interface Tool {
  readonly name: string;
  /** `1.0` is all of 1.0.x; none: any. */
  readonly releases: readonly string[];
}

export function isRelease(version: string, releases: readonly string[]): boolean {
  return (
    releases.length === 0 ||
    releases.some((release) => version === release || version.startsWith(`${release}.`))
  );
}

export interface DataSet {
  readonly tables: number;
  readonly rows: number;
  /** Bytes of the server's redo log. */
  readonly logBytes: number;
  /** The server's configuration file while filling. */
  readonly serverConfiguration: string;
}

export interface SimulatedTruth {
  readonly throughputPerSecond: number;
  readonly threads: number;
}

/** A definition that has forgotten its parameter type, so that a registry can hold many. */
export interface WorkloadKind {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly Tool[];
  readonly packages: readonly string[];
  /** From what the measured command printed, and its preparation before it. */
  readonly parse: (stdout: string, prepared?: string) => Result<Reading>;
  readonly parameters: () => readonly Parameter[];
  /** An entry of a study on measured machines of these sizes, L0 first; issues carry the path of the parameter. */
  resolve(entry: WorkloadEntry, sizes: readonly Size[]): Resolved;
}

export interface WorkloadEntry {
  /** Unique in its study: what trials, reports and options call it. */
  readonly name: string;
  /** Plain data: expressions are as the study says them. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** A workload of a study, ready to run. */
export interface Workload extends WorkloadEntry {
  readonly kind: WorkloadKind;
  /** Of all levels. */
  readonly dataSet: DataSet | undefined;
  /** For the measured machine of each level, L0 first. */
  readonly levels: readonly ReadyWorkload[];
}

/** What a workload is on a measured machine of one size. */
export interface ReadyWorkload {
  /** Parameters with expressions worked out. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly dataSet: DataSet | undefined;
  readonly guessSeconds: number;
  readonly unfit: Unfit | undefined;
  readonly remark: string | undefined;
  readonly commands: (place: WorkPlace) => WorkCommands;
  readonly render: (truth: SimulatedTruth) => string;
}

export interface WorkCommands {
  readonly prepare: readonly Command[];
  readonly measured: Command;
  readonly cleanup: readonly Command[];
}

export type Resolved =
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/** The workload at a level that its study has; anything else is a bug. */
export function workloadAt({ name, levels }: Workload, level: number): ReadyWorkload {
  const ready = levels[level];
  if (ready === undefined) throw new Error(`${name} was not made ready for L${level}`);
  return ready;
}

export function defineWorkload<P extends Readonly<Record<string, unknown>>>(
  definition: WorkloadDefinition<P>,
): WorkloadKind {
  const { name, about, parse, packages = [] } = definition;
  const needs = definition.needs.map((tool) =>
    typeof tool === "string" ? { name: tool, releases: [] } : tool,
  );
  const kind: WorkloadKind = {
    name,
    about,
    needs,
    packages,
    parse,
    parameters: () => parametersOf(definition.params),
    resolve(entry, sizes) {
      const given = sizes.map((size) => workedOut(entry.params, size));
      const parsed = given.map(({ values }) => definition.params.safeParse(values, { error: plainIssue }));
      const wrong = parsed.findLastIndex(({ success }) => !success);
      const [issues, remarks] = [parsed[wrong]?.error?.issues, given[wrong]];
      if (issues !== undefined && remarks !== undefined) {
        return { ok: false, issues: issues.map((issue) => explained(issue, remarks)) };
      }
      const levels = parsed.flatMap((one, level) => {
        const size = sizes[level];
        return one.success && size !== undefined ? [readyWorkload(definition, one.data, size)] : [];
      });
      const { dataSet } = levels.at(-1) ?? {};
      if (levels.some((level) => JSON.stringify(level.dataSet) !== JSON.stringify(dataSet))) {
        return { ok: false, issues: [unlikeDataSets(entry.params)] };
      }
      const stored = { ...levels.at(-1)?.values, ...given.at(-1)?.expressions };
      return { ok: true, workload: { name: entry.name, kind, params: stored, dataSet, levels } };
    },
  };
  return kind;
}

function readyWorkload<P extends Readonly<Record<string, unknown>>>(
  definition: WorkloadDefinition<P>,
  values: P,
  size: Size,
): ReadyWorkload {
  const guessSeconds = definition.guessSeconds(values);
  return {
    values,
    dataSet: definition.dataSet?.(values),
    guessSeconds,
    unfit: definition.unfit?.(values, size),
    remark: definition.remark?.(values),
    commands: (place) => ({
      prepare: definition.prepare?.(values, place) ?? [],
      measured: { argv: definition.argv(values, place), timeoutSeconds: trialLimitSeconds(guessSeconds) },
      cleanup: definition.cleanup?.(values, place) ?? [],
    }),
    render: (truth) => definition.render(values, truth),
  };
}

/**
 * A trial that takes longer has hung: far above what a guest's guest on a busy emulated computer was seen
 * to need (some 10 times the guess), far below what a person would wait.
 */
export function trialLimitSeconds(guessSeconds: number): number {
  return Math.ceil(180 + 40 * guessSeconds);
}

function unlikeDataSets(input: unknown): z.core.$ZodIssue {
  return {
    code: "custom",
    path: [],
    input,
    message:
      "the levels would work on different data sets, because an expression that shapes it differs from level to level",
  };
}

/** Parameters with their expressions worked out, as far as that goes. */
interface WorkedOut {
  readonly values: Readonly<Record<string, unknown>>;
  /** The text of each expression, by parameter. */
  readonly expressions: Readonly<Record<string, string>>;
  /** What is to be said where a parameter turns out to be wrong. */
  readonly remarks: ReadonlyMap<string, string>;
}

function workedOut(raw: WorkloadEntry["params"], size: Size): WorkedOut {
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
