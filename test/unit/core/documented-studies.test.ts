import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseStudy } from "../../../src/core/study.ts";
import { workloads } from "../../../src/workloads/index.ts";

/** Whole studies in the documentation, each in a block of YAML that begins with its name. */
test.each([
  ["ssh.md", "two-hosts"],
  ["zvm.md", "zvm-three-levels"],
])("the study in docs/%s is one", (file, name) => {
  const text = readFileSync(new URL(`../../../docs/${file}`, import.meta.url), "utf8");
  const [block = ""] = /^```yaml\nstudy: [\s\S]*?^```$/m.exec(text) ?? [];
  const parsed = parseStudy(block.replaceAll(/^```(yaml)?$/gm, ""), file, {
    workloads,
    platforms: ["ssh", "zvm"],
  });
  expect(parsed).toMatchObject({ ok: true, value: { name } });
});
