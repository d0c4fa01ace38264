import type { Section } from "../../../src/core/document/document.ts";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { madeUpDocument, madeUpTrials } from "./document.ts";
import { curves, measuredBars, ratios, stacks, timeline } from "./figures.ts";

/** Text that a tool, a host or a study's author could bring along, one attack per line. */
export const ATTACKS: readonly string[] = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(2)>',
  "'><svg/onload=alert(3)>",
  "</title></style></svg></textarea>]]>-->",
  "[click](javascript:alert(4))",
  "\\input{/etc/passwd}",
  "\\immediate\\write18{id} \\end{document}",
  "$ % # _ ^ ~ & { } $$ \\\\[2em] \\",
  '#read("/etc/passwd") #panic() *bold* @ref',
  "=1+1",
  "+1",
  "-1",
  "@SUM(A1)",
  "\u001b[31mred\u001b]0;title\u0007\u0000",
  "half a pair \ud800 and \udc00",
  "\u202eesrever\u202c \u2066isolated",
  "\u2028a line\u2029and a paragraph",
  "Ξ ± – Δ ² ₂ · 漢字 🐢 é ő ﬁ",
  "a".repeat(400),
];

/** All attacks in one text, as one host name could hold them. */
export const ALL_ATTACKS = ATTACKS.join("\n");

/** A report in which each text is the next attack, so that every attack stands in many kinds of place. */
export function reportOfAttacks(): Report {
  let next = 0;
  return hostileReport(() => ATTACKS[next++ % ATTACKS.length] ?? "");
}

/** A report whose every text is what `say` says; its ids are dvirt's own, and stay. */
export function hostileReport(say: () => string): Report {
  return madeUpDocument({
    subject: { kind: "reference", id: "made-up-2014", citation: say() },
    title: say(),
    label: say(),
    answers: [{ workload: say(), sentence: say(), figure: undefined }],
    sections: [textSection(say), figureSection(say)],
    trials: madeUpTrials().map((row) => ({
      ...row,
      trial: { ...row.trial, workload: say() },
      problem: { code: "workload-failed", at: say(), what: say(), hint: say(), evidence: say() },
    })),
    notes: [say()],
  });
}

function textSection(say: () => string): Section {
  return {
    id: "words",
    title: say(),
    blocks: [
      { kind: "paragraph", text: say() },
      { kind: "items", items: [say(), say()] },
      { kind: "listing", title: say(), text: `${say()}\n\n${say()}` },
      {
        kind: "table",
        table: {
          id: "machines",
          title: say(),
          columns: [
            { title: say(), align: "start" },
            { title: say(), align: "end", group: say() },
            { title: say(), align: "end", group: say() },
          ],
          rows: [
            { cells: [say(), say(), { text: say(), doubt: say() }] },
            { cells: [{ text: say(), doubt: say() }, "1", "2"] },
          ],
          footnotes: [say()],
          terminal: "end",
        },
      },
    ],
  };
}

function figureSection(say: () => string): Section {
  const said = { title: say(), alt: say(), label: say() };
  return {
    id: "pictures",
    title: say(),
    blocks: [
      {
        kind: "figure",
        figure: {
          ...measuredBars(),
          ...said,
          panels: measuredBars().panels.map((panel) => ({
            ...panel,
            title: say(),
            unit: say(),
            bars: panel.bars.map((bar) => ({ ...bar, platform: say() })),
          })),
        },
      },
      {
        kind: "figure",
        figure: {
          ...ratios(),
          ...said,
          axis: say(),
          rows: ratios().rows.map((row, index) => ({ ...row, group: `${index % 2} ${say()}`, name: say() })),
        },
      },
      {
        kind: "figure",
        figure: {
          ...curves(),
          ...said,
          across: say(),
          up: say(),
          panels: curves().panels.map(({ curves: own }) => ({
            title: say(),
            curves: own.map((curve) => ({ ...curve, name: say(), measured: { by: say(), up: -1 } })),
          })),
        },
      },
      {
        kind: "figure",
        figure: {
          ...stacks(),
          ...said,
          stacks: stacks().stacks.map(({ layers }) => ({
            title: say(),
            layers: layers.map(() => ({ name: say(), detail: say() })),
          })),
        },
      },
      {
        kind: "figure",
        figure: {
          ...timeline(),
          ...said,
          spans: timeline().spans.map((span) => ({ ...span, what: say() })),
        },
      },
    ],
  };
}
