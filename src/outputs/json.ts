import { ok } from "../core/problem.ts";
import type { Output } from "./output.ts";

/** The report as it is, for programs; docs/report.schema.json says what is in it. */
export const json: Output = {
  name: "json",
  about: "the report as data, every trial with it (schema: docs/report.schema.json)",
  made: "always",
  render: async ({ trials, ...report }) =>
    ok([
      {
        name: "report.json",
        content: `${JSON.stringify({ format: "dvirt-report/2", ...report, trials: [...trials] }, null, 2)}\n`,
      },
    ]),
};
