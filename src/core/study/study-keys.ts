import { z } from "zod";
import { didYouMean } from "../base/nearest.ts";

/** Where keys may stand: the path of each from the top, its own name last. A list adds nothing to a path. */
export type KeyPaths = readonly (readonly string[])[];

/** Every key that a schema has, in all of its forms. */
export function keyPaths(schema: z.ZodType): KeyPaths {
  return pathsIn(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** A key of a schema's own object. */
export interface Parameter {
  readonly name: string;
  /** What it is where nothing is said; absent where nothing stands for it, or it must be said. */
  readonly byDefault?: unknown;
  readonly needed: boolean;
}

/** The keys of an object's schema, in its order. */
export function parametersOf(schema: z.ZodType): readonly Parameter[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, value]) => ({
    name,
    ...(typeof value === "object" && value.default !== undefined ? { byDefault: value.default } : {}),
    needed: required.includes(name),
  }));
}

function pathsIn(schema: z.core.JSONSchema._JSONSchema): KeyPaths {
  if (typeof schema === "boolean") return [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    [key],
    ...pathsIn(value).map((path) => [key, ...path]),
  ]);
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const items = [schema.items ?? []].flat();
  return [...below, ...[...forms, ...items].flatMap(pathsIn)];
}

/** What to try where a key is unknown at a path: the one that was meant, or the place where it belongs. */
export function unknownKeyHint(key: string, path: readonly PropertyKey[], known: KeyPaths): string {
  const place = path.filter((part) => typeof part === "string");
  const isHere = (one: readonly string[]) =>
    one.length === place.length + 1 && place.every((part, index) => part === one[index]);
  const here = [...new Set(known.filter(isHere).map((one) => one.at(-1) ?? ""))];
  if (here.includes(key)) return `${key} does not go with the keys beside it: docs/study.md says what does`;
  const meant = didYouMean(key, here);
  if (meant !== "") return `${meant}docs/study.md lists every key`;
  const elsewhere = new Set(
    known
      .filter((one) => one.at(-1) === key && (place.length === 0 || one.length === 1 || one[0] === place[0]))
      .map((one) => one.slice(0, -1).join(".") || "the study itself"),
  );
  if (elsewhere.size > 0) return `${key} belongs in ${[...elsewhere].join(" or ")}`;
  if (here.length === 0) return "docs/study.md lists every key; check the spelling";
  return `one of: ${here.join(", ")}`;
}
