import type { RunLine } from "../lab/library.ts";
import { summaryLine } from "../lab/summary.ts";

const HEAD = [
  "run",
  "created_at",
  "title",
  "platform",
  "resources",
  "hardware",
  "timing",
  "state",
  "settled",
  "planned",
];
const COUNTS = ["failed", "doubted", "answer", "group"];

/** The list as RFC 4180 has it; what nobody has worked out yet is empty. */
export function listCsv(lines: readonly RunLine[]): string {
  const rows = lines.map((line) => {
    const { summary } = line;
    return [
      ...[line.id, line.createdAt, line.title, line.platform, line.policy, line.hardware, line.timing],
      ...[summary?.state, summary?.settled, summary?.planned, summary?.failed, summary?.doubted],
      summary === undefined ? undefined : summaryLine(summary.costs),
      line.group,
    ];
  });
  return [[...HEAD, ...COUNTS], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

export function listJson(lines: readonly RunLine[]): string {
  return `${JSON.stringify({ runs: lines }, null, 2)}\n`;
}

/** A spreadsheet takes what begins like a formula for one. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
