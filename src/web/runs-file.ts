import { headlineOf } from "../core/report/parts/headline.ts";
import type { RunLine } from "../lab/library.ts";
import { csvText } from "../outputs/csv-text.ts";
import type { DataColumn } from "../outputs/data-columns.ts";

/** What nobody has worked out yet is empty. */
const COLUMNS: readonly DataColumn<RunLine>[] = [
  { name: "run", type: "text", value: ({ id }) => id },
  { name: "created_at", type: "text", value: ({ createdAt }) => createdAt },
  { name: "title", type: "text", value: ({ title }) => title },
  { name: "platform", type: "text", value: ({ platform }) => platform },
  { name: "resources", type: "text", value: ({ policy }) => policy },
  { name: "hardware", type: "text", value: ({ hardware }) => hardware },
  { name: "timing", type: "text", value: ({ timing }) => timing },
  { name: "state", type: "text", value: ({ summary }) => summary?.state },
  { name: "settled", type: "count", value: ({ summary }) => summary?.settled },
  { name: "planned", type: "count", value: ({ summary }) => summary?.planned },
  { name: "failed", type: "count", value: ({ summary }) => summary?.failed },
  { name: "doubted", type: "count", value: ({ summary }) => summary?.doubted },
  { name: "answer", type: "text", value: ({ summary }) => summary && headlineOf(summary.costs) },
  { name: "group", type: "text", value: ({ group }) => group },
];

export function listCsv(lines: readonly RunLine[]): string {
  return csvText(COLUMNS, lines);
}

export function listJson(lines: readonly RunLine[]): string {
  return `${JSON.stringify({ runs: lines }, null, 2)}\n`;
}
