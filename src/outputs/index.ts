import { csv } from "./csv.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import type { Output } from "./output.ts";

/** Every format that a report can be had in. */
export const outputs: readonly Output[] = [markdown, csv, json];
