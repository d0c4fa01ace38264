import { z } from "zod";

/** A number that a study writes as text, such as `5%` or `768MiB`; `complaint` says what any other text is not. */
export function quantity(parse: (text: string) => number | undefined, complaint: string) {
  const isNone = (given: unknown) => `${JSON.stringify(given)} is ${complaint}`;
  const text = z.string({ error: ({ input }) => (input === undefined ? undefined : isNone(input)) });
  return text.transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: isNone(text) });
    return z.NEVER;
  });
}
