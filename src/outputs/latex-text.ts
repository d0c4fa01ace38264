import { visible } from "./visible-text.ts";

/** Text from anywhere as LaTeX that typesets it and does nothing else; what has no sign becomes a boxed `?`. */
export function latexText(text: string): string {
  return visible(text).replaceAll(/\s+/g, " ").trim().split(" ").map(latexWord).join(" ");
}

/** A line of a listing as LaTeX, with all its spaces. */
export function latexLine(text: string): string {
  return visible(text).replaceAll("\t", "    ").split(" ").map(latexWord).join("~");
}

/** Defined in every document that holds such text. */
export const UNKNOWN_CHARACTER = String.raw`\newcommand{\unknowncharacter}{{\setlength{\fboxsep}{0.5pt}\fbox{\tiny ?}}}`;

/** A break is allowed after as many characters, since flags and hashes would leave the page. */
const BREAK_AFTER = 14;

function latexWord(word: string): string {
  const signs = [...word.normalize("NFC")].map(latexSign);
  const pieces: string[] = [];
  for (let at = 0; at < signs.length; at += BREAK_AFTER) {
    // Signs that would melt into another, as two hyphens into a dash, are kept apart.
    pieces.push(
      signs
        .slice(at, at + BREAK_AFTER)
        .join("")
        .replaceAll(/([-',])(?=\1)/g, "$1{}"),
    );
  }
  return pieces.join("\\allowbreak{}");
}

function latexSign(sign: string): string {
  const own = SPECIALS.get(sign) ?? SYMBOLS.get(sign);
  if (own !== undefined) return own;
  if (/^[!-~]$/.test(sign)) return sign;
  return accented(sign) ?? "\\unknowncharacter{}";
}

function accented(sign: string): string | undefined {
  const [base, mark, ...more] = [...sign.normalize("NFD")];
  const command = ACCENTS.get(mark ?? "");
  if (base === undefined || command === undefined || more.length > 0 || !/^[A-Za-z]$/.test(base))
    return undefined;
  return `${command}{${base}}`;
}

const escaped = (sign: string) => `\\${sign}`;
const text = (name: string) => `\\${name}{}`;
const math = (name: string) => `\\ensuremath{\\${name}}`;

/** What TeX would take for a command, and brackets and stars, which follow a row's end as its argument. */
const SPECIALS = new Map([
  ...paired("{}$&#_%", "{ } $ & # _ %", escaped),
  ...paired("[]*", "[ ] *", (sign) => `{${sign}}`),
  ...paired("\\^~<>", "textbackslash textasciicircum textasciitilde textless textgreater", text),
  ...paired('|"`', "textbar textquotedblright textasciigrave", text),
]);

/** Signs that reports use or machines are likely to print. */
const SYMBOLS = new Map([
  ...paired("±×÷·≤≥≠≈∞√", "pm times div cdot leq geq neq approx infty surd", math),
  ...paired("→←↔↑↓", "rightarrow leftarrow leftrightarrow uparrow downarrow", math),
  ...paired("∑∏∈µ", "sum prod in mu", math),
  ...paired("αβγδεζηθικλμ", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu", math),
  ...paired("νξπρστυφχψω", "nu xi pi rho sigma tau upsilon phi chi psi omega", math),
  ...paired("ΓΔΘΛΞΠΣΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega", math),
  ...paired("⁰¹²³⁴⁵⁶⁷⁸⁹°", "0 1 2 3 4 5 6 7 8 9 \\circ", (raised) => `\\ensuremath{^{${raised}}}`),
  ...paired("₀₁₂₃₄₅₆₇₈₉", "0 1 2 3 4 5 6 7 8 9", (digit) => `\\ensuremath{_{${digit}}}`),
  ...paired("–—…‘’", "textendash textemdash ldots textquoteleft textquoteright", text),
  ...paired("“”§¶©", "textquotedblleft textquotedblright S P copyright", text),
  ...paired("®™€•", "textregistered texttrademark texteuro textbullet", text),
  ...paired("ßÆæØøÅåŒœŁł", "ss AE ae O o AA aa OE oe L l", text),
  ["−", "\\ensuremath{-}"],
  ["\u00a0", "~"],
]);

/** Combining marks and the commands that every encoding has. */
const ACCENTS = new Map(
  paired(
    "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0306\u0307\u0304\u030b\u0327",
    "` ' ^ ~ \" r v u . = H c",
    escaped,
  ),
);

/** Each sign with the command that its word in the list makes. */
function paired(signs: string, words: string, command: (word: string) => string): [string, string][] {
  const commands = words.split(" ").map(command);
  return [...signs].map((sign, index) => [sign, commands[index] ?? ""]);
}
