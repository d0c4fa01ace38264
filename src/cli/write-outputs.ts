import { writeFileIn } from "../adapters/files.ts";
import { ok, type Result } from "../core/problem.ts";
import type { Report } from "../core/report.ts";
import type { Output } from "../outputs/output.ts";

/** Renders a report and writes its files, each as soon as it is made: a later one may fail. The files' names. */
export async function writeOutputs(
  report: Report,
  chosen: readonly Output[],
  folder: string,
): Promise<Result<readonly string[]>> {
  const names: string[] = [];
  for (const output of chosen) {
    const rendered = await output.render(report);
    if (!rendered.ok) return rendered;
    for (const { name, content } of rendered.value) {
      await writeFileIn(folder, name, content);
      names.push(name);
    }
  }
  return ok(names);
}

/** `report.md, figures/ (26 files)`: a folder's many files in one word. */
export function writtenText(names: readonly string[]): string {
  const folders = new Map<string, number>();
  const parts: string[] = [];
  for (const name of new Set(names)) {
    const [folder, rest] = name.split("/");
    if (folder === undefined || rest === undefined) parts.push(name);
    else folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...parts, ...[...folders].map(([folder, count]) => `${folder}/ (${count} files)`)].join(", ");
}
