import type { Column } from "../core/document/document.ts";
import type { MarkedCell } from "./table-notes.ts";

/** How a table goes onto A4 paper. */
export interface PaperLayout {
  readonly page: "upright" | "turned";
  /** Of the type, in parts of 10 pt. */
  readonly size: number;
  /** Per column: how wide where its text is broken into lines; undefined where it stands whole. */
  readonly brokenMm: readonly (number | undefined)[];
}

/** Between margins of 18 mm. */
export const TEXT_WIDTH_MM = 174;
const TURNED_WIDTH_MM = 261;

/** About what a character and the space between two columns take at 10 pt. */
const CHARACTER_MM = 1.9;
const COLUMN_GAP_MM = 2.9;
/** Sentences in a narrower column are a chore to read. */
const GOOD_COLUMN_MM = 40;
const LEAST_COLUMN_MM = 14;
/** Shares add up to the page but for the last digit. */
const ROUNDING_MM = 1e-6;
/** No figure is wider; a column that is holds words, however it is aligned. */
const WIDEST_FIGURE_MM = 60;

const SIZES = [1, 0.9, 0.8, 0.7];
/** Where columns of words are broken into lines. */
const BROKEN_SIZE = 0.8;

/** Upright if it can be: whole at any size, then with columns of words broken into lines; else on a turned page. */
export function paperLayout(
  columns: readonly Column[],
  rows: readonly (readonly MarkedCell[])[],
): PaperLayout {
  const widths = columns.map(
    ({ title }, index) =>
      Math.max(title.length, ...rows.map((row) => (row[index]?.text ?? "").length)) * CHARACTER_MM,
  );
  return (
    whole("upright", TEXT_WIDTH_MM, widths) ??
    brokenUpright(columns, widths) ??
    whole("turned", TURNED_WIDTH_MM, widths) ?? {
      page: "turned",
      size: BROKEN_SIZE,
      brokenMm: shares(TURNED_WIDTH_MM, columns, widths),
    }
  );
}

/** The largest size at which all columns fit beside each other. */
function whole(
  page: PaperLayout["page"],
  pageMm: number,
  widthsMm: readonly number[],
): PaperLayout | undefined {
  const room = pageMm - widthsMm.length * COLUMN_GAP_MM;
  const sum = widthsMm.reduce((total, width) => total + width, 0);
  const size = SIZES.find((one) => sum * one <= room);
  return size === undefined ? undefined : { page, size, brokenMm: widthsMm.map(() => undefined) };
}

/** With broken columns on an upright page, if that is enough and none of them gets too narrow. */
function brokenUpright(columns: readonly Column[], widthsMm: readonly number[]): PaperLayout | undefined {
  const brokenMm = shares(TEXT_WIDTH_MM, columns, widthsMm);
  const sum = widthsMm.reduce(
    (total, width, index) => total + (brokenMm[index] ?? width * BROKEN_SIZE) + COLUMN_GAP_MM,
    0,
  );
  const narrow = brokenMm.some((width) => width !== undefined && width < GOOD_COLUMN_MM);
  if (narrow || sum > TEXT_WIDTH_MM + ROUNDING_MM) return undefined;
  return { page: "upright", size: BROKEN_SIZE, brokenMm };
}

/** Figures whole; columns of words share what is left, and those that need more than their share are broken. */
function shares(
  pageMm: number,
  columns: readonly Column[],
  widthsMm: readonly number[],
): readonly (number | undefined)[] {
  const widths = widthsMm.map((width) => width * BROKEN_SIZE);
  const ofWords = (index: number) =>
    columns[index]?.align === "start" || (widthsMm[index] ?? 0) > WIDEST_FIGURE_MM;
  let room = pageMm - columns.length * COLUMN_GAP_MM;
  for (const [index, width] of widths.entries()) if (!ofWords(index)) room -= width;
  const words = widths.filter((_, index) => ofWords(index)).sort((a, b) => a - b);
  let left = words.length;
  for (const width of words) {
    if (width > room / left) break;
    room -= width;
    left -= 1;
  }
  const share = Math.max(LEAST_COLUMN_MM, room / Math.max(1, left));
  return widths.map((width, index) => (ofWords(index) && width > share ? share : undefined));
}
