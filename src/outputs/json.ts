import type { Output } from "./output.ts";

/** The report as it is, for programs. */
export const json: Output = {
  name: "json",
  fileName: "report.json",
  render: (report) => `${JSON.stringify({ format: "dvirt-report/1", ...report }, null, 2)}\n`,
};
