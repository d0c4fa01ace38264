import type { z } from "zod";

/** What is needed in place of what a schema found, in a user's words; handed to every reading of a study. */
export function plainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `${isWholeNumber(issue) ? "a whole number" : (NEEDED[issue.expected] ?? issue.expected)} is needed`;
    case "too_small":
      return issue.origin === "array" || issue.origin === "string"
        ? "it may not be empty"
        : `${issue.minimum} is the least`;
    case "too_big":
      return `${issue.maximum} is the most`;
    case "invalid_value":
      return oneOfText(issue.values);
    case "invalid_union":
      return Array.isArray(issue["options"]) ? oneOfText(issue["options"]) : undefined;
    case "invalid_format":
      return issue.format === "url" ? "an address such as https://host is needed" : undefined;
    default:
      return undefined;
  }
}

const NEEDED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys and values",
  record: "a map of keys and values",
};

/** A whole number's schema says that it wants a number as long as it finds none. */
function isWholeNumber({ inst }: z.core.$ZodRawIssue): boolean {
  return inst !== undefined && "format" in inst._zod.def && inst._zod.def.format === "safeint";
}

function oneOfText(values: readonly unknown[]): string {
  const [first, another] = values;
  return another === undefined ? `${String(first)} is needed` : `one of ${values.map(String).join(", ")}`;
}
