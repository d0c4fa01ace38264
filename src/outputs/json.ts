import { ok } from "../core/base/problem.ts";
import { allOf } from "../core/report/parts/report.ts";
import type { Output } from "./output.ts";

/** The report as it is, for programs; docs/report.schema.json says what is in it. */
export const json: Output = {
  name: "json",
  about: "the report as data, every trial with it (schema: docs/report.schema.json)",
  made: "always",
  render: async ({ trials, ...report }) => {
    const whole = { format: "dvirt-report/2", ...report, trials: await allOf(trials) };
    return ok([{ name: "report.json", content: `${JSON.stringify(whole, null, 2)}\n` }]);
  },
};
