import type { Report } from "../../../src/core/report/parts/report.ts";
import type { Output, OutputFile } from "../../../src/outputs/output.ts";

/** The files that an output makes of a report; throws where it cannot. */
export async function filesOf(output: Output, report: Report): Promise<readonly OutputFile[]> {
  const result = await output.render(report);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

/** The text of one of them. */
export async function rendered(output: Output, report: Report, name: string): Promise<string> {
  const found = (await filesOf(output, report)).find((file) => file.name === name);
  if (typeof found?.content !== "string") throw new Error(`${output.name} makes no text ${name}`);
  return found.content;
}
