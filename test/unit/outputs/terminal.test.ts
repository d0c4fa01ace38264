import { describe, expect, test } from "vitest";
import type { Terminal } from "../../../src/core/document/document.ts";
import type { RunEvidence } from "../../../src/core/report/run/run-evidence.ts";
import { runReport } from "../../../src/core/report/run/run-report.ts";
import { terminalText } from "../../../src/outputs/terminal.ts";
import { expectGolden } from "../golden.ts";
import { madeUpEvidence, madeUpReport } from "../made-up/report.ts";
import { table, words } from "../made-up/table.ts";

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
    const { answers, open, notes } = madeUpReport();
    expect(open).toMatch(/^1 of 6 answers is open\./);
    const lines = terminalText(madeUpReport()).split("\n");
    expect(lines.slice(-(answers.length + notes.length + 3))).toEqual([
      ...answers.map(({ sentence }) => sentence),
      open,
      "",
      ...notes.map((note) => `note: ${note}`),
      "failed: b2-down-L2-threads-1: sysbench threads: exit code 1",
    ]);
  });

  test("shows the tables that are for the end of a run, and of them the rows that are", () => {
    const made = (id: string, terminal: Terminal) => {
      const rows = [{ cells: [`${id} seen`] }, { cells: [`${id} left out`], terminal: "never" as const }];
      const own = { ...table(id, `The ${id}`, [words("a")], []), rows, terminal };
      return { id, title: id, blocks: [{ kind: "table" as const, table: own }] };
    };
    const sections = [made("first", "end"), made("second", "show"), made("third", "never")];
    const text = terminalText(madeUpReport({ sections }));
    expect([...text.matchAll(/^The (\w+)$/gm)].map(([, id]) => id)).toEqual(["first"]);
    expect(text).toContain("first seen");
    expect(text).not.toContain("left out");
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
          problem: { code: "workload-failed" as const, what: "\u001b]0;title\u0007" },
        })),
      },
    });
    expect(text).toContain("gone");
    expect(text).toContain("31mred");
    expect(text).toContain("]0;title");
    expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
  });
});
