import { visible } from "../visible-text.ts";

/** HTML that is well-formed and holds no text from elsewhere unescaped. */
export interface Markup {
  readonly markup: string;
}

export type Insert = string | number | undefined | Markup | readonly Insert[];

/** A template whose inserts are text, and escaped, unless they are markup themselves. */
export function html(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return { markup: parts.map((part, index) => part + inserted(inserts[index])).join("") };
}

/** Markup that dvirt made by other means, such as a drawn picture or the style sheet; never text from elsewhere. */
export function made(markup: string): Markup {
  return { markup };
}

/** A part of an id or of a fragment, whatever the text. */
export function anchor(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]+/g, "-");
}

function inserted(insert: Insert): string {
  if (insert === undefined) return "";
  if (typeof insert === "number") return String(insert);
  if (typeof insert === "string") return escaped(insert);
  return "markup" in insert ? insert.markup : insert.map(inserted).join("");
}

/** Printable ASCII without what HTML gives a meaning to: most texts, and a page has ten thousand of them. */
const PLAIN = /^[ !#-%(-;=?-~\n\t]*$/;

function escaped(text: string): string {
  if (PLAIN.test(text)) return text;
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
