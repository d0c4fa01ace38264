import type { Measure, PublishedResults, PublishedRow, PublishedStudy } from "../published.ts";
import { rowsOf } from "../published-rows.ts";
import { type ClaimCheck, checkClaims } from "./claims.ts";
import { type ClosedLoopCheck, checkClosedLoop } from "./closed-loop.ts";
import { checkDerived, type DerivedChecks } from "./derived.ts";
import { granularity } from "./granularity.ts";
import { type Interval, intervalText } from "./interval.ts";
import { checkPValues, type PValueCheck, pInterval, quantityAt } from "./p-values.ts";
import { type ParsedTables, parseTables, placeOf } from "./parsed-tables.ts";
import { type PerCpuRow, perCpu } from "./per-cpu.ts";
import { compareRepeats, type RepeatCheck } from "./repeats.ts";
import { certainRuns, gives, inferRuns, likelyWays, type RunsInference } from "./runs.ts";

/** Published tables, and what is known beside them; a plain file brings its rows alone. */
export interface AuditSubject
  extends Pick<PublishedStudy, "name" | "notes">,
    Pick<PublishedResults, "repeatedLevels" | "pValues" | "claims"> {
  /** The file that the rows' lines are of; absent for a reference. */
  readonly file?: string;
  readonly rows: readonly PublishedRow[];
}

/** Everything that follows from printed figures, beside what is printed. Nothing printed is corrected. */
export interface Audit {
  readonly name: string;
  readonly file?: string;
  readonly derived: DerivedChecks;
  /** Rows that the study says are one measurement. */
  readonly repeats: readonly RepeatCheck[];
  /** Rows that look like one measurement and are not quite alike; nobody said that they are one. */
  readonly lookAlikes: readonly RepeatCheck[];
  readonly pValues: readonly PValueCheck[];
  readonly runs: RunsInference;
  readonly closedLoop: readonly ClosedLoopCheck[];
  readonly perCpu: readonly PerCpuRow[];
  readonly claims: readonly ClaimCheck[];
  /** What does not hold. */
  readonly discrepancies: readonly Discrepancy[];
  /** What does not hold either if zeros at the end of a number are digits, where its column speaks for that. */
  readonly ifZerosKept: readonly Discrepancy[];
  readonly notes: readonly string[];
}

/** One thing that does not hold. */
export interface Discrepancy {
  readonly kind: "change" | "standard-error-percent" | "repeated-row" | "p-value" | "closed-loop" | "claim";
  /** Where it is printed, such as `table 10, memory-write, S390x L0, throughput StdErr %`. */
  readonly at: string;
  /** Line of the row in the CSV text; absent for what stands in the text. */
  readonly line?: number;
  readonly printed: string;
  readonly recomputed: string;
  /** The recomputed figure, where it is one. */
  readonly interval?: Interval;
  /** From the printed figure to the nearest recomputed one, in units of its last place. Rounding explains 0.5. */
  readonly unitsApart?: number;
  /** What would explain it, or what it rests on. */
  readonly remarks: readonly string[];
}

/** Recomputes everything that the printed figures allow. Pure: the same subject gives the same audit. */
export function audit(subject: AuditSubject): Audit {
  const tables = parseTables(subject.rows);
  const strict = parseTables(subject.rows, "kept");
  const derived = checkDerived(tables);
  const repeated = new Set(subject.repeatedLevels.map(({ level }) => level));
  const repeatsIn = (all: ParsedTables) => [...repeated].flatMap((level) => compareRepeats(all, level));
  const repeats = repeatsIn(tables);
  const lookAlikes = repeated.has(0) ? [] : compareRepeats(tables, 0).filter(looksAlike);
  const pValues = checkPValues(subject.pValues, tables);
  const runs = inferRuns(pValues, granularity(tables));
  const closedLoop = checkClosedLoop(tables, certainRuns(runs));
  const claims = checkClaims(subject.claims, tables, likelyWays(runs));
  const found = [...derivedDiscrepancies(derived), ...repeats.flatMap(repeatDiscrepancies)];
  const places = new Set(found.map(({ kind, at }) => `${kind} ${at}`));
  const ifZerosKept = [
    ...derivedDiscrepancies(checkDerived(strict)),
    ...repeatsIn(strict).flatMap(repeatDiscrepancies),
  ].filter(({ kind, at }) => !places.has(`${kind} ${at}`));
  return {
    name: subject.name,
    ...(subject.file === undefined ? {} : { file: subject.file }),
    derived,
    repeats,
    lookAlikes,
    pValues,
    runs,
    closedLoop,
    perCpu: perCpu(tables),
    claims,
    discrepancies: [
      ...found,
      ...pValueDiscrepancies(pValues, runs, tables),
      ...closedLoop.flatMap(closedLoopDiscrepancies),
      ...claims.flatMap(claimDiscrepancies),
    ],
    ifZerosKept,
    notes: subject.notes,
  };
}

/** A reference's tables, p-values and claims; undefined where it prints single figures only. */
export function referenceSubject({ name, results, notes }: PublishedStudy): AuditSubject | undefined {
  if (results === undefined) return undefined;
  const { repeatedLevels, pValues, claims } = results;
  return { name, rows: rowsOf(results), repeatedLevels, pValues, claims, notes };
}

/** The tables of a file, of which nothing else is known. */
export function fileSubject(file: string, rows: readonly PublishedRow[]): AuditSubject {
  return { name: file, file, rows, repeatedLevels: [], pValues: [], claims: [], notes: [] };
}

/** `throughput StdErr %`: the words of the study's tables. */
export function columnText(measure: Measure, column: keyof typeof COLUMN_WORDS): string {
  return `${measure} ${COLUMN_WORDS[column]}`;
}

const COLUMN_WORDS = {
  mean: "mean",
  change: "ΔL(n-1)",
  standardError: "StdErr",
  standardErrorPercent: "StdErr %",
} as const;

/** More cells alike than not, and some unlike: worth a look, and no proof of anything. */
function looksAlike({ compared, unlike }: RepeatCheck): boolean {
  return unlike.length > 0 && unlike.length * 2 < compared;
}

function derivedDiscrepancies({ checks }: DerivedChecks): readonly Discrepancy[] {
  return checks
    .filter(({ holds }) => !holds)
    .map(({ row, measure, column, printed, recomputed, unitsApart, nearMisses }) => ({
      kind: column === "change" ? "change" : "standard-error-percent",
      at: `${placeOf(row.row)}, ${columnText(measure, column)}`,
      line: row.row.line,
      printed: printed.text,
      recomputed: `${intervalText(recomputed, column === "change" ? "signed" : "plain")}%`,
      interval: recomputed,
      unitsApart,
      remarks: nearMisses,
    }));
}

function repeatDiscrepancies({ first, again, unlike }: RepeatCheck): readonly Discrepancy[] {
  return unlike.map((cell) => ({
    kind: "repeated-row",
    at: `${placeOf(again.row)}, ${columnText(cell.measure, cell.column)}`,
    line: again.row.line,
    printed: cell.again.text,
    recomputed: `${cell.first.text} in table ${first.row.table}`,
    unitsApart: cell.unitsApart,
    remarks: ["one measurement, printed twice"],
  }));
}

/** P-values that are not given by the ways which give the most of them; all, where those contradict each other. */
function pValueDiscrepancies(
  checks: readonly PValueCheck[],
  runs: RunsInference,
  tables: ParsedTables,
): readonly Discrepancy[] {
  const ways = likelyWays(runs);
  return checks
    .filter((check) => ways.length === 0 || !ways.every((way) => gives(check, way)))
    .map(({ published, printed }) => {
      const { a, b } = published;
      const found = ways.map((way) => {
        const p = pInterval(quantityAt(tables, a), quantityAt(tables, b), way);
        return `${p === undefined ? "none" : intervalText(p)} (${way.test}, n = ${way.runs})`;
      });
      return {
        kind: "p-value",
        at: `${published.where}, ${a.measure} of ${a.platform} L${a.level} and L${b.level} in table ${a.table}`,
        printed: printed.text,
        recomputed: found.join(", ") || "no test and number of runs gives it",
        remarks: [],
      };
    });
}

function closedLoopDiscrepancies(check: ClosedLoopCheck): readonly Discrepancy[] {
  if (check.status !== "impossible") return [];
  const { row, threads, busy, variation, leastRuns } = check;
  return [
    {
      kind: "closed-loop",
      at: `${placeOf(row.row)}, throughput × mean response`,
      line: row.row.line,
      printed: `${threads} threads`,
      recomputed: `${intervalText(busy)} busy`,
      interval: busy,
      remarks: [
        `variation between runs explains ${(variation ?? 0).toPrecision(2)} of a thread`,
        ...(leastRuns === undefined ? [] : [`it would take ${leastRuns} runs`]),
      ],
    },
  ];
}

function claimDiscrepancies({ claim, status, readings }: ClaimCheck): readonly Discrepancy[] {
  if (status !== "does not hold") return [];
  const against = readings[0]?.comparisons.filter(({ holds }) => !holds) ?? [];
  const recomputed = against.map(({ what }) => what).join("\n");
  return [{ kind: "claim", at: claim.where, printed: claim.quote, recomputed, remarks: [] }];
}
