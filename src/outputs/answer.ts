import { groundText } from "../core/base/timing.ts";
import type { RatioFigure, RatioRow } from "../core/document/figure.ts";
import { changeText } from "../core/document/figure-text.ts";
import type { Report } from "../core/report/parts/report.ts";
import { type Tone, toneOf } from "../core/stats/verdict.ts";
import { subjectText } from "./terminal.ts";
import { shortLabel, visibleLine, wrapped } from "./visible-text.ts";

/** What the text is written on. */
export interface Screen {
  readonly columns: number;
  readonly colour: boolean;
}

/** Where nothing is known of the width: pipes, files. */
export const USUAL_COLUMNS = 80;

const MOST_COLUMNS = 120;
/** More than these are no answer at a glance. */
const MOST_ROWS = 26;

/** What a person should read first, on one screen: the answer, what to doubt, and what to do next. */
export function answerText(report: Report, screen: Screen): string {
  const columns = Math.min(screen.columns, MOST_COLUMNS);
  const { overview, label, open } = report;
  const lines = (text: string) => (text === "" ? [] : wrapped(text, columns));
  return [
    ...lines(headOf(report)),
    ...(label === undefined ? [] : lines(shortLabel(label)).map((line) => paint(line, YELLOW, screen))),
    ...(overview === undefined
      ? lines("There is nothing to compare yet.")
      : [
          ...lines(overview.headline).map((line) => paint(line, BOLD, screen)),
          "",
          ...barLines(overview.figure, { ...screen, columns }),
          "",
        ]),
    ...lines(doubtsOf(report)),
    ...(open === undefined ? [] : lines(open)),
    ...lines(moreOf(report)),
  ].join("\n");
}

/** The ground stands in the label where there is one. */
function headOf(report: Report): string {
  const { subject, title, label } = report;
  if (subject.kind === "comparison") return `Compared: ${groundText(report)}`;
  const of = subject.kind === "reference" ? subjectText(subject) : `${subject.kind} ${subject.id}`;
  return label === undefined ? `${title} · ${of} · ${groundText(report)}` : `${title} · ${of}`;
}

/** One line: how much failed or is doubted, and how much more there is to read. */
function doubtsOf({ analysis, notes, subject }: Report): string {
  if (subject.kind === "comparison") {
    return notes.length === 0
      ? ""
      : `Not compared: ${notes[0]}${notes.length > 1 ? ` (and ${notes.length - 1} more; --full)` : ""}.`;
  }
  const { cells, failed } = analysis;
  const sum = (of: (cell: (typeof cells)[number]) => number) =>
    cells.reduce((all, cell) => all + of(cell), 0);
  const measured = sum(({ trials }) => trials);
  const doubted = sum((cell) => cell.doubted);
  const boots = Math.min(...cells.map(({ throughput }) => throughput.estimate.n));
  const bad = [
    ...(failed.length === 0 ? [] : [`${failed.length} of ${measured + failed.length} trials failed`]),
    ...(doubted === 0 ? [] : [`${doubted} of ${measured} trials ${doubted === 1 ? "is" : "are"} doubted`]),
  ];
  const found = bad.length === 0 ? `none of ${measured} trials failed or is doubted` : bad.join(", ");
  const few =
    cells.length > 0 && boots < 4
      ? ` ${boots === 1 ? "One boot gives" : `${boots} boots give`} wide or uncertain intervals.`
      : "";
  return `Doubts: ${found}.${few}`;
}

function moreOf({ subject }: Report): string {
  return `Tables and notes: ${subject.kind === "comparison" ? "--full" : `dvirt show ${subject.id} --full`}`;
}

/** A line for each row: how much is left as a bar, the change, and the word for it. */
function barLines(figure: RatioFigure, screen: Screen): readonly string[] {
  const rows = figure.rows.slice(0, MOST_ROWS);
  const more = figure.rows.length - rows.length;
  const groupsBeside = widest(rows.map(({ group }) => group)) <= screen.columns / 3;
  const groups = groupsBeside ? widest(rows.map(({ group }) => group)) : 0;
  const { nameOf, legend } = shortNames(rows, Math.floor(screen.columns / 4));
  const names = widest(rows.map(nameOf));
  const changes = widest(rows.map(changeText));
  const words = widest(rows.map(({ verdict }) => verdict));
  const bar = Math.max(6, Math.min(32, screen.columns - groups - names - changes - words - 8));
  const lines = rows.flatMap((row, at) => {
    const begins = rows[at - 1]?.group !== row.group;
    const group = begins && groupsBeside ? visibleLine(row.group) : "";
    const line = [
      group.padEnd(groups),
      nameOf(row).padEnd(names),
      barText(row, bar, screen),
      changeText(row).padEnd(changes),
      paint(row.verdict, COLOURS[toneOf(row.verdict)], screen),
    ].join("  ");
    return begins && !groupsBeside ? [...wrapped(row.group, screen.columns), line] : [line];
  });
  return [
    ...lines,
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...legend.flatMap((one) => wrapped(one, screen.columns)),
  ];
}

/** The rows' names; where they are long, letters that are explained below. */
function shortNames(rows: readonly RatioRow[], most: number) {
  const all = [...new Set(rows.map(({ name }) => visibleLine(name)))];
  if (widest(all) <= most) return { nameOf: ({ name }: RatioRow) => visibleLine(name), legend: [] };
  const letter = (name: string) => String.fromCharCode("A".charCodeAt(0) + all.indexOf(visibleLine(name)));
  return {
    nameOf: ({ name }: RatioRow) => letter(name),
    legend: all.map((name) => `${letter(name)} is ${name}`),
  };
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => [...visibleLine(text)].length));
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** The full width is no change; a gain is cut there, and its figure says it. */
function barText({ ratio, verdict }: RatioRow, width: number, screen: Screen): string {
  const eighths = Math.round(Math.min(Math.max(ratio, 0), 1) * width * 8);
  const kept = `${"█".repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}`;
  return `${paint(kept, COLOURS[toneOf(verdict)], screen)}${"·".repeat(width - [...kept].length)}`;
}

/** SGR parameters of ECMA-48; the hues are the terminal's own. */
const BOLD = 1;
const YELLOW = 33;
const COLOURS: Readonly<Record<Tone, number>> = { slower: 31, faster: 32, equivalent: 34, inconclusive: 90 };

function paint(text: string, parameter: number, { colour }: Screen): string {
  return colour && text !== "" ? `\u001b[${parameter}m${text}\u001b[0m` : text;
}
