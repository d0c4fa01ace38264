import type { Metric } from "../base/metrics.ts";
import type { StackColumn } from "../document/figure.ts";

/** What a study printed. Figures are text here, digit by digit: their digits say how far they may be trusted. */
export interface PublishedStudy {
  /** Names it on the command line. */
  readonly name: string;
  readonly title: string;
  readonly authors: readonly string[];
  readonly year: number;
  /** Enough to find it in a library. */
  readonly citation: string;
  /** Tables of means by level, where it prints such. */
  readonly results?: PublishedResults;
  /** Its other tables. */
  readonly tables: readonly PublishedTable[];
  readonly figures: readonly PublishedFigure[];
  /** Single figures, where they are all there is to cite. */
  readonly quoted: readonly QuotedFigure[];
  /** What a reader of its figures must know. */
  readonly notes: readonly string[];
}

/** Tables of throughput and mean response time by level, and what the study says of them. */
export interface PublishedResults {
  /** In the layout of docs/audit.md, read by the parser that reads a user's file. */
  readonly csv: string;
  /** By number, as the study numbers its tables. */
  readonly captions: Readonly<Record<string, string>>;
  readonly provisioning: readonly Provisioning[];
  /** The steps in which the tool printed a run's mean response time. */
  readonly responseStepMs: number;
  /** Threads of a workload that has its own number of them at every level. */
  readonly threadsByWorkload: Readonly<Record<string, number>>;
  /** Levels that were measured once and printed in every table of a workload; `where` says so. */
  readonly repeatedLevels: readonly { readonly level: number; readonly where: string }[];
  readonly pValues: readonly PublishedPValue[];
  readonly claims: readonly Claim[];
}

/** What a level of a series of tables was given. */
export interface Provisioning {
  readonly resources: string;
  readonly level: number;
  readonly cpus: number;
  /** The text as printed. */
  readonly memory: string;
  readonly threads: number;
}

/** One row of a table of results. */
export interface PublishedRow {
  /** Line in the CSV text, from 1. */
  readonly line: number;
  readonly table: string;
  readonly workload: string;
  readonly resources: string;
  readonly platform: string;
  readonly level: number;
  /** Transactions per second. */
  readonly throughput: PrintedQuantity;
  /** Mean response time in ms. */
  readonly response: PrintedQuantity;
  readonly cpus?: number;
  readonly threads?: number;
  readonly runs?: number;
  /** What a run's mean response time is a whole number of, as the tool prints it; absent where that is not known. */
  readonly responseStepMs?: number;
}

/** Numbers as printed; empty where nothing was printed. A row has the mean of one measure at least. */
export interface PrintedQuantity {
  readonly mean: string;
  /** Change from the level before, with its percent sign. */
  readonly change: string;
  readonly standardError: string;
  /** In percent of the mean, with the percent sign. */
  readonly standardErrorPercent: string;
}

/** The metrics that published tables print. */
export type Measure = Extract<Metric, "throughput" | "response">;

export interface PublishedTable {
  readonly number: number;
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface PublishedFigure {
  readonly number: number;
  readonly caption: string;
  /** The table whose means it draws, and which; absent for a diagram. */
  readonly draws?: { readonly table: string; readonly measures: readonly Measure[] };
  /** What runs on what, for a diagram of the measured configurations. */
  readonly stacks?: readonly StackColumn[];
}

/** A figure that a publication states, on its own. */
export interface QuotedFigure {
  readonly what: string;
  readonly workload: string;
  /** Absent where the figure is of no single level. */
  readonly level?: number;
  readonly value: string;
  readonly unit: string;
  /** Page, table or figure. */
  readonly source: string;
  /** `verified`: read in the publication itself; `secondary`: as another publication reports it. */
  readonly standing: "verified" | "secondary";
  /** The workload that measures the same thing here; absent where none does. */
  readonly probe?: string;
  /** `exit`: a guest's leaving its processor; `what` says for what, and how much of it is counted. */
  readonly event?: "exit";
  /** The processor that it was measured on, as far as the source says. */
  readonly hardware?: string;
}

/** A mean in a table of results. */
export interface CellReference extends Series {
  readonly level: number;
  readonly measure: Measure;
}

/** The p of a two-sample t-test, as printed: `0.207` or `82.9%`. */
export interface PublishedPValue {
  readonly where: string;
  readonly printed: string;
  readonly a: CellReference;
  readonly b: CellReference;
}

/** Something that the text says of the tables and that a program can check. */
export interface Claim {
  readonly id: string;
  /** Section, and the table or figure it stands beside. */
  readonly where: string;
  readonly quote: string;
  /** The plain reading first; then others that the words allow, with what they assume. */
  readonly readings: readonly [Interpretation, ...Interpretation[]];
}

export interface Interpretation {
  /** What has to be assumed for it; absent for the plain reading. */
  readonly assuming?: string;
  /** `every`: each comparison has to hold; `most`: more than half of them. */
  readonly scope: "every" | "most";
  readonly predicates: readonly Predicate[];
}

/** From one level to a deeper one. */
export type Transition = readonly [from: number, to: number];

/** A table's rows of one platform. */
export interface Series {
  readonly table: string;
  readonly platform: string;
}

/** What a claim says, as comparisons of cells. */
export type Predicate<Kind extends keyof Predicates = keyof Predicates> = {
  readonly [K in Kind]: { readonly kind: K } & Pick<Terms, Predicates[K]>;
}[Kind];

/** What each kind of predicate is made of. */
interface Predicates {
  /** The platform has more throughput or shorter responses than the other at each level. */
  readonly outperforms: "platform" | "other" | "tables" | "levels" | "measures";
  /** A measure rises or falls over each step. */
  readonly moves: "direction" | "tables" | "platforms" | "steps" | "measure";
  /** A cell is smaller in the table than the same cell in the other. */
  readonly "smaller-in": "column" | "table" | "other" | "platforms" | "levels" | "measures";
  /** The relative change of one series is smaller in size than that of another, over each step. */
  readonly "changes-less": "series" | "than" | "steps" | "measures";
  /** The relative change is at most the limit in size. */
  readonly within: "limit" | "tables" | "platforms" | "steps" | "measures";
  /** The ratio of two cells rounds to the value. */
  readonly "ratio-is": "of" | "to" | "value";
  /** The ratio of two cells is above the value. */
  readonly "ratio-above": "of" | "to" | "value";
  /** One platform's advantage over the other, in percent of the other, is from `least` to `most`. */
  readonly "advantage-range": "platform" | "other" | "tables" | "levels" | "measure" | "least" | "most";
  /** A series changes by `least` to `most` over the steps. */
  readonly "change-range": "series" | "steps" | "measure" | "least" | "most";
  /** A two-sample t-test over each step gives a p above alpha; can be judged where the number of runs is known. */
  readonly "not-significant": "series" | "steps" | "measures" | "alpha";
}

/** Numbers are as printed, so that their rounding is known. */
interface Terms extends Series, Record<"limit" | "value" | "least" | "most" | "alpha", string> {
  /** The platform, or the table, that it is compared with. */
  readonly other: string;
  readonly tables: readonly string[];
  readonly platforms: readonly string[];
  readonly levels: readonly number[];
  readonly steps: readonly Transition[];
  readonly measure: Measure;
  readonly measures: readonly Measure[];
  readonly series: Series;
  readonly than: Series;
  readonly direction: "up" | "down";
  readonly column: "mean" | "standardError";
  readonly of: CellReference;
  readonly to: CellReference;
}
