import { writeFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { test, expect } from "vitest";
import { html } from "../../../src/outputs/html.ts";
import { latex } from "../../../src/outputs/latex.ts";
import { pdf } from "../../../src/outputs/pdf.ts";
import { svg } from "../../../src/outputs/svg.ts";
import { parquet } from "../../../src/outputs/parquet.ts";
import { madeUpReport } from "../made-up/report.ts";
import { references } from "../../../src/references/index.ts";
import { publishedReport } from "../../../src/core/published-report.ts";
const subjects = [["run", madeUpReport], ...references.map((r) => [r.name, () => publishedReport(r)])] as const;
for (const [n, f] of subjects) test.each([html, svg, latex, pdf, parquet])(n+" $name", async (o) => {
  const rep = f();
  const t = performance.now();
  const r = await o.render(rep);
  const ms = Math.round(performance.now()-t);
  if (!r.ok) { console.log(n, o.name, JSON.stringify(r)); return; }
  let bytes = 0;
  for (const x of r.value) { const p = `/tmp/shots/real/${n}/${x.name}`; mkdirSync(dirname(p), {recursive: true}); writeFileSync(p, x.content); bytes += x.content.length; }
  console.log(n, o.name, ms+" ms", bytes);
  expect(1).toBe(1);
}, 60000);
