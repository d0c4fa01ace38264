import { describe, expect, test } from "vitest";
import type { RatioRow } from "../../../src/core/document/figure.ts";
import { overview } from "../../../src/core/report/parts/overview.ts";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { answerText } from "../../../src/outputs/answer.ts";
import { expectGolden } from "../golden.ts";
import { madeUpReport } from "../made-up/report.ts";

const plain = (columns: number) => ({ columns, colour: false });
const longest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

function row(group: string, name: string, ratio: number, more: Partial<RatioRow> = {}): RatioRow {
  return { group, name, ratio, low: ratio * 0.98, high: ratio * 1.02, verdict: "slower", ...more };
}

function reportOf(rows: readonly RatioRow[], different: Partial<Report> = {}): Report {
  const made = overview("A sentence.", rows, { title: "t", axis: "a", label: undefined, margin: 0.02 });
  return madeUpReport({ ...(made === undefined ? {} : { overview: made }), ...different });
}

describe("the answer on a terminal", () => {
  test.each([60, 80, 120])("fits %d columns and a screen, and is the golden one", (columns) => {
    const text = answerText(madeUpReport(), plain(columns));
    expect(longest(text)).toBeLessThanOrEqual(columns);
    expect(text.split("\n").length).toBeLessThanOrEqual(18);
    expectGolden(`answer/${columns}.txt`, `${text}\n`);
  });

  test("has its label, whatever the width", () => {
    const words = answerText(madeUpReport(), plain(60)).replaceAll("\n", " ");
    expect(words).toContain("EMULATED HARDWARE: L0 runs on a computer that QEMU emulates.");
  });

  test("shows a bar for each level: as long as what is left, and full where there is a gain", () => {
    const rows = [
      row("cpu", "L1", 0.5),
      row("cpu", "L2", 1.1, { verdict: "faster" }),
      row("probe", "L1", 1 / 57),
    ];
    const lines = answerText(reportOf(rows), plain(80)).split("\n");
    const bar = (name: RegExp) => /[█▏▎▍▌▋▊▉·]+/.exec(lines.find((line) => name.test(line)) ?? "")?.[0] ?? "";
    const [half, full, least] = [bar(/^cpu +L1/), bar(/^ +L2/), bar(/^probe +L1/)];
    expect([half.length, full.length, least.length]).toEqual([full.length, full.length, full.length]);
    expect(half.replaceAll("·", "").length).toBe(full.length / 2);
    expect(full).toMatch(/^█+$/);
    expect(least).toMatch(/^[▏▎▍▌▋▊▉]·+$/);
    expect(lines.some((line) => / 57\.0× slower ±1\.1 +slower$/.test(line))).toBe(true);
  });

  test("colours words and bars on a terminal alone, and nothing else changes", () => {
    const coloured = answerText(madeUpReport(), { columns: 80, colour: true });
    expect(coloured).toContain("\u001b[31mslower\u001b[0m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences are what is looked for
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(answerText(madeUpReport(), plain(80)));
  });

  test("says how much is doubted and failed, and what would settle what is open", () => {
    const text = answerText(madeUpReport(), plain(120));
    expect(text).toContain("Doubts: 1 of 48 trials failed, 1 of 47 trials is doubted.");
    expect(text.replaceAll("\n", " ")).toContain(madeUpReport().open);
    expect(text).toContain("dvirt show 2026-01-02-030405-made-up-abc123 --full");
  });

  test("writes long names as letters with a legend, and long groups above their rows", () => {
    const long = "with a name that no line has room for beside a bar";
    const rows = [row(`cpu ${long}`, `one ${long}`, 0.5), row(`cpu ${long}`, `two ${long}`, 0.4)];
    const text = answerText(reportOf(rows), plain(80));
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect(text).toMatch(new RegExp(`^cpu ${long}\n {2}A  █+▌?·+  −50.*\n {2}B  `, "m"));
    expect(text).toContain(`\nA is one ${long}\nB is two ${long}\n`);
  });

  test("is cut after 26 rows, and says so", () => {
    const rows = Array.from({ length: 30 }, (_, at) => row(`w${at}`, "L1", 0.9));
    const text = answerText(reportOf(rows), plain(80));
    expect(text.match(/^w\d+/gm)).toHaveLength(26);
    expect(text).toContain("… and 4 more");
  });

  test("holds no control character of a study", () => {
    const rows = [row("\u001b[2Jcpu", "L1\u0007", 0.5)];
    const text = answerText(reportOf(rows, { title: "\u001b]0;gone\u0007" }), plain(80));
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test("says where there is nothing to compare yet", () => {
    const { overview: _, ...without } = madeUpReport();
    expect(answerText(without, plain(80))).toContain("There is nothing to compare yet.");
  });
});
