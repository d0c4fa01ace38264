import { describe, expect, test } from "vitest";
import { table, words } from "../../../src/core/document.ts";
import type { RunEvidence } from "../../../src/core/run-evidence.ts";
import { runReport } from "../../../src/core/run-report.ts";
import { terminalText } from "../../../src/outputs/terminal.ts";
import { expectGolden } from "../golden.ts";
import { madeUpEvidence, madeUpReport } from "../made-up/report.ts";

describe("a report on a terminal", () => {
  test("is the golden one", () => {
    expectGolden("report/terminal.txt", `${terminalText(madeUpReport())}\n`);
  });

  test("begins with what it is of, and its label", () => {
    expect(
      terminalText(madeUpReport({ label: "A LABEL" }))
        .split("\n")
        .slice(0, 2),
    ).toEqual([
      "A made-up study · run 2026-01-02-030405-made-up-abc123 · seed 7 · emulated hardware",
      "A LABEL",
    ]);
  });

  test("ends with the answers, the notes and what failed, where the eye is", () => {
    const { answers, notes } = madeUpReport();
    const lines = terminalText(madeUpReport()).split("\n");
    expect(lines.slice(-(answers.length + notes.length + 2))).toEqual([
      ...answers.map(({ sentence }) => sentence),
      "",
      ...notes.map((note) => `note: ${note}`),
      "failed: b2-down-L2-threads-1: sysbench threads: exit code 1",
    ]);
  });

  test("shows the tables of results and evidence, and of a comparison what it compared", () => {
    const made = (id: string) => ({
      id,
      title: id,
      blocks: [{ kind: "table", table: table(`${id}-table`, `The ${id}`, [words("a")], [["b"]]) }] as const,
    });
    const sections = ["answers", "results", "machines", "evidence", "relative", "changes", "again"].map(made);
    const shown = [...terminalText(madeUpReport({ sections })).matchAll(/^The (\w+)$/gm)].map(([, id]) => id);
    expect(shown).toEqual(["results", "evidence", "relative", "changes"]);
  });

  test("leaves out nested entries where there were none, and the table where there were none at all", () => {
    const shown = (nestedEntries: RunEvidence["nestedEntries"]) =>
      terminalText(runReport(madeUpEvidence({ nestedEntries })));
    const none = { workload: "cpu", level: 1, host: 0, least: 0, most: 0 };
    const some = { workload: "cpu", level: 2, host: 0, least: 0, most: 3104 };
    expect(shown([none, some]).match(/^cpu +L\d +L0 +\d+ +\d+$/gm)).toEqual([
      expect.stringMatching(/^cpu +L2 +L0 +0 +3104$/),
    ]);
    expect(shown([some])).toContain("Entries into guests of guests");
    expect(shown([none])).not.toContain("Entries into guests of guests");
  });

  test("shows no table without rows", () => {
    expect(terminalText(runReport(madeUpEvidence({ bringUps: [] })))).not.toContain(
      "From launch to a command",
    );
    expect(terminalText(madeUpReport())).toContain("From launch to a command answered");
  });

  test("names a published study by its citation, and a comparison by what it is of", () => {
    const study = madeUpReport({ subject: { kind: "reference", id: "x", citation: "Somebody 2014" } });
    expect(terminalText(study)).toMatch(/^A made-up study · Somebody 2014 · emulated hardware\n/);
    const comparison = madeUpReport({ subject: { kind: "comparison", id: "x", of: ["one", "two"] } });
    expect(terminalText(comparison)).toMatch(/^A made-up study · one · two · emulated hardware\n/);
  });

  test("holds no control character of a machine or a study, wherever it stands", () => {
    const report = madeUpReport({ title: "\u001b[2Jgone\u0007", notes: ["\u009b31mred\u0000\r"] });
    const text = terminalText({
      ...report,
      analysis: {
        ...report.analysis,
        failed: report.analysis.failed.map((one) => ({
          ...one,
          problem: { code: "x", what: "\u001b]0;title\u0007" },
        })),
      },
    });
    expect(text).toContain("gone");
    expect(text).toContain("31mred");
    expect(text).toContain("]0;title");
    expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
  });
});
