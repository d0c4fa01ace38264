import { expect, test } from "vitest";
import { json } from "../../../src/outputs/json.ts";
import { madeUpReport } from "../made-up/report.ts";

test("a report as JSON is read back as it was, under the name of its format", () => {
  expect(JSON.parse(json.render(madeUpReport()))).toEqual({ format: "dvirt-report/1", ...madeUpReport() });
});
