import { csv, trialsCsv } from "./csv.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import type { Output } from "./output.ts";
import { terminal } from "./terminal.ts";

/** Every format that a report can be had in. */
export const outputs: readonly Output[] = [terminal, markdown, csv, trialsCsv, json];
export { terminal };
