import { csv } from "./csv.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { latex } from "./latex.ts";
import { markdown } from "./markdown.ts";
import type { Output } from "./output.ts";
import { parquet } from "./parquet.ts";
import { pdf } from "./pdf.ts";
import { png } from "./png.ts";
import { svg } from "./svg.ts";

/** Every format that a report can be had in. */
export const outputs: readonly Output[] = [html, markdown, svg, csv, json, png, latex, pdf, parquet];
