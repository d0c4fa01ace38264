import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { normal, randomStreamFor } from "../../../../../src/core/base/random.ts";
import { audit, fileSubject } from "../../../../../src/core/published/audit/audit.ts";
import type { PrintedQuantity, PublishedRow } from "../../../../../src/core/published/published.ts";
import { estimateMean } from "../../../../../src/core/stats/mean.ts";
import { add, decimal, divide, type Exact, fraction, multiply, type RoundingMode, rounded } from "./exact.ts";
import { madeUpQuantity, madeUpRow } from "./rows.ts";

const docs = readFileSync(new URL("../../../../../docs/audit.md", import.meta.url), "utf8");
const TABLES = 3000;
const MEASURED_TABLES = 1000;
const HUNDRED = fraction(100n, 1n);

/** How one table is printed: what is kept of each number, and how halves are rounded. */
interface Press {
  readonly random: () => number;
  readonly mode: RoundingMode;
  /** Whether derived figures are made from the printed numbers or from those that they were rounded from. */
  readonly from: "printed" | "unrounded";
}

test("tables that are right in themselves raise no alarm, however they were rounded and padded", () => {
  const random = randomStreamFor(1, "clean tables");
  let checks = 0;
  for (let i = 0; i < TABLES; i++) {
    const rows = cleanTable(random);
    const done = audit(fileSubject("clean.csv", rows));
    expect(done.discrepancies, JSON.stringify(rows)).toEqual([]);
    checks += done.derived.checks.length;
  }
  expect(docs, "docs/audit.md has the count").toContain(
    `${checks} derived figures in ${TABLES} random tables: no alarm`,
  );
}, 600_000);

test("means over runs of a closed loop raise no alarm, whatever the runs' variation, and tell how many they were", () => {
  const random = randomStreamFor(2, "closed loops");
  let over = 0;
  for (let i = 0; i < MEASURED_TABLES; i++) {
    const runs = 2 + Math.floor(random() * 11);
    const threads = 1 + Math.floor(random() * 64);
    const row = measuredRow(runs, threads, random);
    const done = audit(fileSubject("loop.csv", [row]));
    expect(done.discrepancies, JSON.stringify(row)).toEqual([]);
    expect(done.runs.granularity.runs, JSON.stringify(row)).toContain(runs);
    if ((done.closedLoop[0]?.busy.low ?? 0) > threads) over++;
  }
  expect(docs, "docs/audit.md has the count").toContain(
    `${MEASURED_TABLES} random closed loops, ${over} of them with more busy threads than threads: no alarm`,
  );
}, 600_000);

/** Two platforms over up to four levels, of numbers that a coarse grid makes fall on halves often. */
function cleanTable(random: () => number): readonly PublishedRow[] {
  const press: Press = {
    random,
    mode: random() < 0.5 ? "half up" : "half to even",
    from: random() < 0.5 ? "printed" : "unrounded",
  };
  const levels = 2 + whole(random, 3);
  return ["p", "q"].flatMap((platform) => {
    const [throughputs, responses] = [quantities(levels, press), quantities(levels, press)];
    return Array.from({ length: levels }, (_, level) =>
      madeUpRow({
        platform,
        level,
        throughput: throughputs[level] ?? madeUpQuantity(""),
        response: responses[level] ?? madeUpQuantity(""),
      }),
    );
  });
}

function quantities(levels: number, press: Press): readonly PrintedQuantity[] {
  const { random } = press;
  const scale = whole(random, 8) - 3;
  const [meanDigits, errorDigits] = [1 + whole(random, 6), 1 + whole(random, 3)];
  let before: Exact | undefined;
  return Array.from({ length: levels }, () => {
    const mean = coarse(random, scale);
    const error = multiply(mean, fraction(BigInt(whole(random, 400)), 1000n));
    const printedMean = print(mean, meanDigits, press);
    const printedError = print(error, errorDigits, press);
    const used = press.from === "printed" ? decimal(printedMean) : mean;
    const usedError = press.from === "printed" ? decimal(printedError) : error;
    const change = before === undefined ? undefined : divide(used, before);
    before = used;
    return {
      mean: printedMean,
      change: change === undefined ? "" : signed(percent(add(change, fraction(-1n, 1n)), press)),
      standardError: printedError,
      standardErrorPercent: percent(divide(usedError, used), press),
    };
  });
}

/** Above zero, of one to four digits: so short that it often lies halfway between two roundings. */
function coarse(random: () => number, scale: number): Exact {
  const digits = BigInt(1 + whole(random, 10 ** (1 + whole(random, 4)) - 1));
  return scale < 0 ? fraction(digits, 10n ** BigInt(-scale)) : fraction(digits * 10n ** BigInt(scale), 1n);
}

/** To so many significant digits, then padded with zeros now and then, as spreadsheets do. */
function print(value: Exact, digits: number, { random, mode }: Press): string {
  const size = Number(value.top < 0n ? -value.top : value.top) / Number(value.bottom);
  const power = size === 0 ? 0 : Math.floor(Math.log10(size)) - digits + 1;
  const text = rounded(value, power, mode);
  return random() < 0.3 ? padded(text, 1 + whole(random, 3)) : text;
}

function percent(value: Exact, press: Press): string {
  const inPercent = multiply(value, HUNDRED);
  // Percentages are printed to a number of digits, or of decimals.
  if (press.random() < 0.5) return `${print(inPercent, 1 + whole(press.random, 5), press)}%`;
  const text = rounded(inPercent, -whole(press.random, 4), press.mode);
  return `${press.random() < 0.3 ? padded(text, 2) : text}%`;
}

function padded(text: string, zeros: number): string {
  return `${text}${text.includes(".") ? "" : "."}${"0".repeat(zeros)}`;
}

function signed(text: string): string {
  return text.startsWith("-") ? text : `+${text}`;
}

/** Runs in which all threads were busy, or nearly: the hardest case, as the means' product then exceeds them. */
function measuredRow(runs: number, threads: number, random: () => number): PublishedRow {
  const centre = 10 ** (random() * 4);
  const spread = random() < 0.5 ? 0.3 : 0.01;
  const idle = random() < 0.5 ? 0 : 0.02;
  const values = Array.from({ length: runs }, () => {
    const responseMs = centre * Math.exp(spread * normal(random));
    const busy = threads * (1 - idle * random());
    return { throughput: (1000 * busy) / responseMs, response: Math.round(100 * responseMs) / 100 };
  });
  const [throughput, response] = (["throughput", "response"] as const).map((measure) => {
    const estimate = estimateMean(values.map((one) => one[measure]));
    if (estimate?.standardError === undefined) throw new Error("at least two runs");
    const digits = 3 + whole(random, 4);
    return madeUpQuantity(
      shown(estimate.mean, digits),
      "",
      shown(estimate.standardError, 2 + whole(random, 3)),
      `${shown((100 * estimate.standardError) / estimate.mean, 1 + whole(random, 3))}%`,
    );
  });
  if (throughput === undefined || response === undefined) throw new Error("two quantities");
  return madeUpRow({ throughput, response, threads, runs, responseStepMs: 0.01 });
}

function shown(value: number, digits: number): string {
  if (value === 0) return "0";
  const decimals = digits - 1 - Math.floor(Math.log10(value));
  return decimals >= 0 ? value.toFixed(Math.min(decimals, 12)) : String(Math.round(value));
}

function whole(random: () => number, below: number): number {
  return Math.floor(random() * below);
}
