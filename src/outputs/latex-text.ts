import { visible } from "./visible-text.ts";

/** Text from anywhere as LaTeX that typesets it and does nothing else; what has no sign becomes a boxed `?`. */
export function latexText(text: string): string {
  return visible(text).replaceAll(/\s+/g, " ").trim().split(" ").map(latexWord).join(" ");
}

/** The same with its spaces kept, for listings. */
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

/** What TeX would take for a command, and brackets and stars, which follow a row's end as its argument. */
const SPECIALS = new Map([
  ["\\", "\\textbackslash{}"],
  ["{", "\\{"],
  ["}", "\\}"],
  ["$", "\\$"],
  ["&", "\\&"],
  ["#", "\\#"],
  ["_", "\\_"],
  ["%", "\\%"],
  ["^", "\\textasciicircum{}"],
  ["~", "\\textasciitilde{}"],
  ["<", "\\textless{}"],
  [">", "\\textgreater{}"],
  ["|", "\\textbar{}"],
  ['"', "\\textquotedblright{}"],
  ["`", "\\textasciigrave{}"],
  ["[", "{[}"],
  ["]", "{]}"],
  ["*", "{*}"],
]);

const math = (command: string) => `\\ensuremath{${command}}`;
const greek = (names: string) => names.split(" ").map((name) => math(`\\${name}`));

/** Signs that reports use or machines are likely to print. */
const SYMBOLS = new Map<string, string>([
  ...paired("±×÷·−≤≥≠≈∞√→←↔↑↓∑∏∈", [
    ..."pm times div cdot".split(" ").map((name) => math(`\\${name}`)),
    math("-"),
    ..."leq geq neq approx infty surd rightarrow leftarrow leftrightarrow uparrow downarrow sum prod in"
      .split(" ")
      .map((name) => math(`\\${name}`)),
  ]),
  ...paired(
    "αβγδεζηθικλμνξπρστυφχψω",
    greek(
      "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega",
    ),
  ),
  ...paired("ΓΔΘΛΞΠΣΦΨΩ", greek("Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega")),
  ...paired("µ°", [math("\\mu"), math("^{\\circ}")]),
  ...paired(
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
    Array.from({ length: 10 }, (_, digit) => math(`^{${digit}}`)),
  ),
  ...paired(
    "₀₁₂₃₄₅₆₇₈₉",
    Array.from({ length: 10 }, (_, digit) => math(`_{${digit}}`)),
  ),
  ...paired("–—…‘’“”§¶©®™€•", [
    "\\textendash{}",
    "\\textemdash{}",
    "\\ldots{}",
    "\\textquoteleft{}",
    "\\textquoteright{}",
    "\\textquotedblleft{}",
    "\\textquotedblright{}",
    "\\S{}",
    "\\P{}",
    "\\copyright{}",
    "\\textregistered{}",
    "\\texttrademark{}",
    "\\texteuro{}",
    "\\textbullet{}",
  ]),
  ...paired(
    "ßÆæØøÅåŒœŁł",
    ["\\ss", "\\AE", "\\ae", "\\O", "\\o", "\\AA", "\\aa", "\\OE", "\\oe", "\\L", "\\l"].map(
      (name) => `${name}{}`,
    ),
  ),
  ["\u00a0", "~"],
]);

/** Combining marks and the commands that every encoding has. */
const ACCENTS = new Map(
  paired("\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0306\u0307\u0304\u030b\u0327", [
    "\\`",
    "\\'",
    "\\^",
    "\\~",
    '\\"',
    "\\r",
    "\\v",
    "\\u",
    "\\.",
    "\\=",
    "\\H",
    "\\c",
  ]),
);

function paired(signs: string, commands: readonly string[]): [string, string][] {
  return [...signs].map((sign, index) => [sign, commands[index] ?? ""]);
}
