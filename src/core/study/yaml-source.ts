import { type Document, isAlias, LineCounter, parseDocument, visit } from "yaml";
import { failed, ok, type Result } from "../base/problem.ts";

export type Path = readonly PropertyKey[];

/** YAML text as plain data, with the place of everything in it. */
export interface YamlSource {
  readonly data: unknown;
  /** `file:line` of the value at a path, or of the deepest part of the path that is there. */
  placeOf(path: Path): string;
  /** `file:line` of a key in the map at a path. */
  placeOfKey(path: Path, key: string): string;
}

/** Never throws: what is no YAML, or no plain data, is a problem with its line. */
export function readYaml(text: string, file: string): Result<YamlSource> {
  const refused = (what: string) => failed({ code: "bad-yaml", at: `${file}:1`, what });
  if (text.length > MOST_CHARACTERS)
    return refused(`it is longer than ${MOST_CHARACTERS} characters, which no study is`);
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines });
  } catch {
    return refused("it is nested too deeply to be read");
  }
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  // What the reader says after the first follows from it.
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return failed({
      code: "bad-yaml",
      at: `${file}:${line}`,
      what: `this is no YAML from column ${col} on: ${plainMessage(error.message)}`,
      hint: "check the indentation, the colons, the quotes and the brackets of this line and the one before",
    });
  }
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // Aliases without an anchor, or that multiply without end, show only now.
    return failed({
      code: "bad-yaml",
      at: at(badAlias(document) ?? 0),
      what: error instanceof Error ? plainMessage(error.message) : "the text cannot be read as plain data",
    });
  }
  const placeOf = (path: Path): string => {
    for (let length = path.length; length >= 0; length--) {
      const offset = startOffset(document.getIn(path.slice(0, length), true));
      if (offset !== undefined) return at(offset);
    }
    return `${file}:1`;
  };
  return ok({
    data,
    placeOf,
    placeOfKey: (path, key) => {
      const map: unknown = document.getIn(path, true) ?? document.contents;
      const pair = pairsOf(map).find((one) => scalarOf(one.key) === key);
      return pair === undefined ? placeOf(path) : at(startOffset(pair.key) ?? 0);
    },
  });
}

/** Far more than any study has. */
const MOST_CHARACTERS = 2 ** 16;

/** The first line, without the place, which is told in dvirt's own way. */
function plainMessage(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
}

/** Where the first alias without an anchor stands, or else the first alias. */
function badAlias(document: Document): number | undefined {
  const aliases: { offset: number | undefined; known: boolean }[] = [];
  visit(document, (_key, node) => {
    if (isAlias(node))
      aliases.push({ offset: startOffset(node), known: node.resolve(document) !== undefined });
  });
  return (aliases.find((alias) => !alias.known) ?? aliases[0])?.offset;
}

function startOffset(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) {
    return undefined;
  }
  const start: unknown = node.range[0];
  return typeof start === "number" ? start : undefined;
}

function pairsOf(node: unknown): readonly { readonly key: unknown }[] {
  if (typeof node !== "object" || node === null || !("items" in node) || !Array.isArray(node.items)) {
    return [];
  }
  return node.items.filter(
    (item: unknown): item is { key: unknown } => typeof item === "object" && item !== null && "key" in item,
  );
}

function scalarOf(node: unknown): unknown {
  return typeof node === "object" && node !== null && "value" in node ? node.value : node;
}
