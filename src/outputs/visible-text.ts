/**
 * Text from tools, machines and studies as any document may hold it. Control characters, halves of surrogate
 * pairs, noncharacters and marks that turn the direction of writing (with which text can be made to read as
 * what it is not) become U+FFFD, so that they are seen; line ends become `\n`.
 */
export function visible(text: string): string {
  return text
    .replaceAll(/\r\n?|\u2028|\u2029/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]|\p{Cs}|\p{Noncharacter_Code_Point}|\p{Bidi_Control}/gu, "\uFFFD");
}

/** Visible text on one line, without space at its ends. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, " ").trim();
}

/** Visible text in lines of at most `width` characters; words that are longer are broken. */
export function wrapped(text: string, width: number): readonly string[] {
  const words = visibleLine(text)
    .split(" ")
    .flatMap((word) => chunks(word, width));
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && length(last) + 1 + length(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Visible text of at most `width` characters, with an ellipsis where it goes on. */
export function shortened(text: string, width: number): string {
  const line = [...visibleLine(text)];
  return line.length <= width
    ? line.join("")
    : `${line
        .slice(0, width - 1)
        .join("")
        .trimEnd()}…`;
}

/** What a label says first; the whole of it stands once, on top of the document. */
export function shortLabel(label: string): string {
  const line = visibleLine(label);
  return shortened(/^.*?[.!?](?= |$)/.exec(line)?.[0] ?? line, 140);
}

function chunks(word: string, width: number): readonly string[] {
  const characters = [...word];
  if (characters.length <= width) return [word];
  return Array.from({ length: Math.ceil(characters.length / width) }, (_, index) =>
    characters.slice(index * width, (index + 1) * width).join(""),
  );
}

function length(text: string): number {
  return [...text].length;
}

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
