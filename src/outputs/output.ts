import type { Report } from "../core/report.ts";

/** A format: a report in, text out. */
export interface Output {
  readonly name: string;
  /** The file it is written to; absent for what is only shown. */
  readonly fileName?: string;
  render(report: Report): string;
}
