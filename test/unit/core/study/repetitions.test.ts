import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseDuration } from "../../../../src/core/base/units.ts";
import { repetitionsDocument, withOptions } from "../../../../src/core/study/repetitions.ts";
import { parseStudy, type Study, studyData, studyDocument } from "../../../../src/core/study/study.ts";
import { workloads } from "../../../../src/workloads/index.ts";
import { madeUpPlatform } from "../../made-up/platform.ts";

function study(repetitions: string): string {
  return `study: mine
title: Mine
platform: simulated
levels: 2
repetitions:
${repetitions}
resources: {policy: reserved, guest: {cpus: 1, memory: 768MiB}, reserve: {cpus: 1, memory: 768MiB}}
scratch: {size: 512MiB}
workloads:
  - {name: cpu, threads: 1}
`;
}

const read = (text: string) =>
  parseStudy(text, "mine.yaml", { workloads, platforms: [madeUpPlatform("simulated")] });

function parsed(text: string): Study {
  const found = read(text);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.value;
}

const FULL = `  until: {ratioHalfWidth: 2.5%}
  boots: {minimum: 10, maximum: 20}
  runs: {maximum: 3}
  budget: 1.5h`;

describe("repetitions until a width is reached", () => {
  test("have defaults for all but the width", () => {
    expect(parsed(study("  until: {ratioHalfWidth: 5%}")).repetitions).toEqual({
      kind: "until",
      ratioHalfWidth: 0.05,
      boots: { minimum: 6, maximum: 40 },
      runs: { maximum: 4 },
    });
  });

  test("are read as they are written, and written so that they are read again", () => {
    const given = parsed(study(FULL));
    expect(given.repetitions).toEqual({
      kind: "until",
      ratioHalfWidth: 0.025,
      boots: { minimum: 10, maximum: 20 },
      runs: { maximum: 3 },
      budgetSeconds: 5400,
    });
    expect(parsed(stringify(studyDocument(studyData(given)))).repetitions).toEqual(given.repetitions);
  });

  test.each([
    [
      "a minimum above the maximum",
      "  until: {ratioHalfWidth: 5%}\n  boots: {minimum: 9, maximum: 8}",
      "mine.yaml:7",
      "repetitions.boots.maximum: the maximum is below the minimum of 9 (found 8)",
    ],
    [
      "a pilot that is too short",
      "  until: {ratioHalfWidth: 5%}\n  boots: {minimum: 3}",
      "mine.yaml:7",
      "repetitions.boots.minimum: 6 is the least (found 3)",
    ],
    [
      "no width at all",
      "  until: {ratioHalfWidth: 0%}",
      "mine.yaml:6",
      'repetitions.until.ratioHalfWidth: "0%" is no half-width; write it like 5%, from 0.1% to 99% (found "0%")',
    ],
    [
      "a unit that is none",
      "  until: {ratioHalfWidth: 5%}\n  budget: 2 fortnights",
      "mine.yaml:7",
      'repetitions.budget: "2 fortnights" is no duration; write it like 90s, 45min or 2h (found "2 fortnights")',
    ],
    [
      "one number of boots, which would be fixed",
      "  until: {ratioHalfWidth: 5%}\n  boots: 6",
      "mine.yaml:7",
      "repetitions.boots: a map of keys and values is needed (found 6)",
    ],
  ])("are refused with the line for %s", (_name, repetitions, at, what) => {
    const found = read(study(repetitions));
    expect(found).toEqual({ ok: false, problems: [{ code: "bad-value", at, what }] });
  });

  test("have no other keys", () => {
    const found = read(study("  until: {ratioHalfWidth: 5%, significance: 5%}"));
    expect(found.ok ? [] : found.problems).toMatchObject([{ code: "unknown-key", at: "mine.yaml:6" }]);
  });
});

describe("options of the command line", () => {
  const { repetitions: adaptive } = parsed(study(FULL));

  test("leave a study as it is where there are none", () => {
    expect(withOptions(adaptive, {})).toEqual(adaptive);
  });

  test("make it fixed by a number of boots, adaptive by a width, and change a budget", () => {
    expect(withOptions(adaptive, { boots: 3 })).toEqual({ kind: "fixed", boots: 3, runs: 1 });
    expect(withOptions({ kind: "fixed", boots: 2, runs: 2 }, { until: 0.1 })).toEqual({
      kind: "until",
      ratioHalfWidth: 0.1,
      boots: { minimum: 6, maximum: 40 },
      runs: { maximum: 4 },
    });
    expect(withOptions(adaptive, { budget: 60 })).toEqual({ ...adaptive, budgetSeconds: 60 });
  });

  test("leave to a fixed study how often it visits the deepest level", () => {
    const { repetitions } = parsed(study("  boots: 3\n  deepest: once\n"));
    expect(repetitions).toEqual({ kind: "fixed", boots: 3, runs: 1, deepest: "once" });
    expect(withOptions(repetitions, { boots: 6 })).toEqual({ ...repetitions, boots: 6 });
    expect(repetitionsDocument(repetitions)).toEqual({ boots: 3, runs: 1, deepest: "once" });
    expect(parsed(study("  boots: 3\n  deepest: twice\n")).repetitions).toEqual({
      kind: "fixed",
      boots: 3,
      runs: 1,
    });
  });
});

test.each([
  ["90s", 90],
  ["45min", 2700],
  ["1.5 h", 5400],
  ["2", undefined],
  ["2d", undefined],
  ["-1h", undefined],
  ["0s", undefined],
  ["h", undefined],
])("%s is a duration of %s seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});
