import { join } from "node:path";
import { writeFileIn } from "../adapters/files.ts";
import { fileName } from "../core/base/file-name.ts";
import { ok, type Result } from "../core/base/problem.ts";
import type { Report } from "../core/report/parts/report.ts";
import { outputs } from "../outputs/index.ts";
import type { Output } from "../outputs/output.ts";
import { type Context, say } from "./context.ts";

export interface Writing {
  /** The folder for results; each report has one of its own in it. */
  readonly out?: string;
  /** The study of what was measured, as a study file says it. */
  readonly study?: string;
  /** What every run leaves, unless others are wanted. */
  readonly chosen?: readonly Output[];
}

/** Renders a report and writes its files, each as soon as it is made: a later one may fail. Says what it wrote. */
export async function writeReport(
  context: Context,
  report: Report,
  { out = "dvirt-results", study, chosen = outputs.filter(({ made }) => made === "always") }: Writing,
): Promise<Result<undefined>> {
  const folder = join(out, fileName(report.subject.id));
  if (study !== undefined) await writeFileIn(folder, "study.yaml", study);
  const names: string[] = [];
  for (const output of chosen) {
    const rendered = await output.render(report);
    if (!rendered.ok) return rendered;
    for (const { name, content } of rendered.value) {
      await writeFileIn(folder, name, content);
      names.push(name);
    }
  }
  if (study !== undefined) names.push("study.yaml");
  say(context, `written to ${folder}: ${writtenText(names)}`);
  return ok(undefined);
}

/** `report.md, figures/ (26 files)`: a folder's many files in one word. */
function writtenText(names: readonly string[]): string {
  const folders = new Map<string, number>();
  const parts: string[] = [];
  for (const name of new Set(names)) {
    const [folder, rest] = name.split("/");
    if (folder === undefined || rest === undefined) parts.push(name);
    else folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...parts, ...[...folders].map(([folder, count]) => `${folder}/ (${count} files)`)].join(", ");
}
