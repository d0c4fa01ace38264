/** Widths in parts of the font size, of the wider ones among common sans-serif fonts (DejaVu Sans, Verdana). */
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/^[ijlI.,:;|!'`()[\]{}/\\ ft]$/, 0.38],
  [/^[mwMW@%]$/, 0.98],
  [/^[A-Z&#]$/, 0.74],
  [/^[ -~]$/, 0.64],
  [/^[\u0080-\u04ff]$/, 0.7],
];
const WIDEST = 1.05;

/** About how wide a text gets, wherever it is drawn: it depends on the text alone, so pictures are the same everywhere. */
export function textWidthPixels(text: string, fontSizePixels: number): number {
  let width = 0;
  for (const character of text) width += CLASSES.find(([pattern]) => pattern.test(character))?.[1] ?? WIDEST;
  return width * fontSizePixels;
}
