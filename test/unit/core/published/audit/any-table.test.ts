import fc from "fast-check";
import { expect, test } from "vitest";
import { auditText } from "../../../../../src/cli/audit.ts";
import { audit, fileSubject } from "../../../../../src/core/published/audit/audit.ts";
import { readPublishedRows } from "../../../../../src/core/published/published-rows.ts";
import { auditJson } from "../../../../../src/outputs/audit-json.ts";

const HEAD =
  "table,workload,resources,platform,level,throughput_per_s,throughput_change_from_previous_level,throughput_stderr_per_s,throughput_stderr_percent,response_ms,response_change_from_previous_level,response_stderr_ms,response_stderr_percent,cpus,threads,runs";

const whole = fc.stringMatching(/^\d{1,12}$/);
const size = fc.oneof(
  whole,
  fc.tuple(whole, fc.stringMatching(/^\d{1,9}$/)).map(([a, b]) => `${a}.${b}`),
);
const maybe = (text: fc.Arbitrary<string>) => fc.oneof(text, fc.constant(""));
const quantity = fc.tuple(
  size,
  maybe(fc.tuple(fc.constantFrom("+", "-", "−", ""), size).map(([sign, text]) => `${sign}${text}%`)),
  maybe(size),
  maybe(size.map((text) => `${text}%`)),
);
const count = maybe(fc.integer({ min: 2, max: 99 }).map(String));
const row = fc
  .tuple(fc.nat(3), quantity, quantity, count, count, count)
  .map(([level, throughput, response, ...counts]) =>
    [`1,w,r,p,L${level}`, ...throughput, ...response, ...counts].join(","),
  );

test("whatever can be read as a table can be audited and shown, and nothing else is an exception either", () => {
  let audited = 0;
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
      const read = readPublishedRows([HEAD, ...rows].join("\n"), "t.csv");
      if (!read.ok) return;
      const done = audit(fileSubject("t.csv", read.value));
      expect(auditText(done)).not.toMatch(/NaN|undefined|Infinity/);
      expect(JSON.parse(auditJson(done))).toMatchObject({ holds: done.discrepancies.length === 0 });
      audited++;
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(audited).toBeGreaterThan(50);
});
