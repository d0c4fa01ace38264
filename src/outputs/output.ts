import type { Result } from "../core/base/problem.ts";
import type { Report } from "../core/report/parts/report.ts";

/** A format: a report in, files out. */
export interface Output {
  /** The word after `--format`. */
  readonly name: string;
  readonly about: string;
  /** Whether a run writes it by itself; the others are made on request. */
  readonly made: "always" | "on request";
  /** A problem only where the format needs something that is not installed. */
  render(report: Report): Promise<Result<readonly OutputFile[]>>;
}

export interface OutputFile {
  /** Relative to the report's folder, such as `report.md` or `figures/cpu-ratios.svg`. */
  readonly name: string;
  readonly content: string | Uint8Array;
}
