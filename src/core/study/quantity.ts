import { z } from "zod";

/** A number that a study writes as text, such as `5%` or `768MiB`; `complaint` says what any other text is not. */
export function quantity(parse: (text: string) => number | undefined, complaint: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is ${complaint}` });
    return z.NEVER;
  });
}
