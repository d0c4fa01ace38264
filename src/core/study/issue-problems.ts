import type { z } from "zod";
import type { Problem } from "../base/problem.ts";
import { type KeyPaths, unknownKeyHint } from "./study-keys.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** A schema's issues as problems, each at its line; `prefix` leads to what the schema was given. */
export function issueProblems(
  issues: readonly z.core.$ZodIssue[],
  prefix: Path,
  source: YamlSource,
  known: () => KeyPaths,
): readonly Problem[] {
  return issues.flatMap((issue): readonly Problem[] => {
    const path = [...prefix, ...issue.path];
    const where = path.length === 0 ? "the study" : path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      const keys = known();
      return issue.keys.map((key) => ({
        code: "unknown-key",
        at: source.placeOfKey(path, key),
        what: `${where} has the unknown key ${JSON.stringify(key)}`,
        hint: unknownKeyHint(key, path, keys),
      }));
    }
    const found = valueAt(source.data, path);
    const what =
      found === undefined
        ? `${where} is missing: ${issue.message}`
        : `${where}: ${issue.message} (found ${JSON.stringify(found)})`;
    return [{ code: found === undefined ? "missing-key" : "bad-value", at: source.placeOf(path), what }];
  });
}

function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}
