import type { DataColumn } from "./data-columns.ts";

/** A file of comma-separated values (RFC 4180), its columns' names in the first line. */
export function csvText<Entry>(columns: readonly DataColumn<Entry>[], entries: Iterable<Entry>): string {
  const rows = Array.from(entries, (entry) =>
    columns.map(({ type, value }) => {
      const found = value(entry);
      return type === "level" && found !== undefined ? `L${found}` : found;
    }),
  );
  return [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** Text that a spreadsheet would take for a formula gets an apostrophe. */
function field(value: string | number | undefined): string {
  if (typeof value === "number") return String(value);
  const text = value ?? "";
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
