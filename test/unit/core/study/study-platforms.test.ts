import { describe, expect, test } from "vitest";
import {
  onlyStudy,
  parseStudies,
  parseStudy,
  type Study,
  studyData,
  studyDocument,
} from "../../../../src/core/study/study.ts";
import { platformsDocument } from "../../../../src/core/study/study-platforms.ts";
import { workloads } from "../../../../src/workloads/index.ts";
import { madeUpPlatform } from "../../made-up/platform.ts";

const VOCABULARY = {
  workloads,
  platforms: [
    madeUpPlatform("one"),
    madeUpPlatform("another"),
    madeUpPlatform("shallow", { limits: { deepest: 1, bottom: "it says why", settings: [] } }),
  ],
};

/** A study whose `platforms` are on line 3; each entry after a dash is on a line of its own. */
const text = (platforms: string) => `study: mine
title: Mine
${platforms}
levels: 2
repetitions: { boots: 3 }
resources: { guest: { cpus: 1, memory: 1GiB }, reserve: { cpus: 1, memory: 1GiB } }
scratch: { size: 512MiB }
workloads:
  - { name: cpu, threads: 1 }
  - { name: threads }
`;

function studies(platforms: string): readonly Study[] {
  const parsed = parseStudies(text(platforms), "mine.yaml", VOCABULARY);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

function problems(platforms: string) {
  const parsed = parseStudies(text(platforms), "mine.yaml", VOCABULARY);
  return parsed.ok ? [] : parsed.problems;
}

describe("a study with platforms", () => {
  test("is the same study on each of them, in their order", () => {
    const [one, another, ...more] = studies("platforms: [another, one]");
    expect(more).toEqual([]);
    expect([one?.platform, another?.platform]).toEqual(["another", "one"]);
    if (one === undefined || another === undefined) throw new Error("there are two");
    expect({ ...studyData(one), platform: "one" }).toEqual(studyData(another));
  });

  test("has an entry's keys in place of its own, on that platform alone", () => {
    const [one, another] = studies(
      "platforms: [one, { name: another, levels: 1, hardware: emulated, repetitions: { boots: 7 }, workloads: [{ name: cpu, threads: 1, events: 10 }] }]",
    );
    expect(one).toMatchObject({ levels: 2, hardware: "auto", repetitions: { boots: 3 } });
    expect(one?.workloads.map(({ name }) => name)).toEqual(["cpu", "threads"]);
    expect(another).toMatchObject({ levels: 1, hardware: "emulated", repetitions: { boots: 7 } });
    expect(another?.workloads.map(({ name, params }) => [name, params["events"]])).toEqual([["cpu", 10]]);
  });

  test("goes on each as deep as the platform does, unless its entry says more", () => {
    const levels = (platforms: string) => studies(platforms).map((study) => study.levels);
    expect(levels("platforms: [one, shallow]")).toEqual([2, 1]);
    expect(levels("platforms: [one, { name: shallow, levels: 0 }]")).toEqual([2, 0]);
    // The platform itself refuses this, and says why.
    expect(levels("platforms: [one, { name: shallow, levels: 2 }]")).toEqual([2, 2]);
    expect(levels("platform: shallow")).toEqual([2]);
  });

  test("of one platform is the study that platform gives", () => {
    const [only, more] = studies("platforms: [one]");
    const [same] = studies("platform: one");
    if (only === undefined || same === undefined) throw new Error("there is one");
    expect(more).toBeUndefined();
    expect(studyData(only)).toEqual(studyData(same));
  });

  test.each([
    ["platform: one", 1],
    ["platforms: [one, another]", 2],
    ["platforms: [one, { name: another, levels: 0, workloads: [{ name: cpu, threads: 1 }] }]", 2],
  ])("%s comes back from its document", (platforms, count) => {
    const before = studies(platforms).map(studyData);
    expect(before).toHaveLength(count);
    const document = JSON.stringify(platformsDocument(before.map(studyDocument)));
    const again = parseStudies(document, "again.yaml", VOCABULARY);
    expect(again.ok && again.value.map(studyData)).toEqual(before);
  });

  test("is no study for what is done on one platform", () => {
    const refused = {
      code: "several-platforms",
      at: "mine.yaml",
      what: "the study is on one and another, and one platform is needed here",
      hint: "a study with platform: NAME",
    };
    const parsed = parseStudy(text("platforms: [one, another]"), "mine.yaml", VOCABULARY);
    expect(parsed).toEqual({ ok: false, problems: [refused] });
    expect(onlyStudy(studies("platforms: [one]"), "mine.yaml").ok).toBe(true);
  });
});

describe("what is wrong with platforms is told with its line", () => {
  const block = (entry: string) => `platforms:\n  - one\n  - ${entry}`;

  test.each([
    ["an unknown one", block("nothing"), "unknown-platform", 5, /platform "nothing" is not known/],
    ["one twice", block("one"), "platform-twice", 5, /platform one stands twice/],
    ["no list", "platforms: one", "bad-value", 3, /no list of names/],
    ["an empty list", "platforms: []", "bad-value", 3, /no list of names/],
    ["an entry without a name", block("{ levels: 1 }"), "bad-value", 5, /no list of names/],
    ["platform beside it", `${block("another")}\nplatform: one`, "bad-value", 6, /not both/],
    [
      "a key of the whole study",
      block("{ name: another, margin: 5% }"),
      "bad-value",
      5,
      /margin, which is one/,
    ],
    ["another study's name", block("{ name: another, study: x }"), "bad-value", 5, /study, which is one/],
    [
      "a key that there is not",
      block("{ name: another, level: 1 }"),
      "unknown-key",
      5,
      /unknown key "level"/,
    ],
    ["a bad value", block("{ name: another, levels: 77 }"), "bad-value", 5, /levels: .*found 77/],
    [
      "a bad value deeper down",
      "platforms:\n  - name: one\n    workloads:\n      - name: cpu\n        threads: 1\n        events: none",
      "bad-value",
      8,
      /workloads.0.events/,
    ],
    [
      "a scratch disk that is too small there",
      "platforms:\n  - one\n  - name: another\n    scratch:\n      size: 64MiB\n    workloads:\n      - { name: oltp, threads: 1, rows: 1000 }",
      "scratch-too-small",
      7,
      /workload oltp needs/,
    ],
  ])("%s", (_, platforms, code, line, what) => {
    const found = problems(platforms);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code, at: `mine.yaml:${line}`, what: expect.stringMatching(what) });
  });

  test("and what is wrong for all of them once", () => {
    const bad = text("platforms: [one, another]").replace("levels: 2", "levels: 77");
    const parsed = parseStudies(bad, "mine.yaml", VOCABULARY);
    expect(parsed.ok ? [] : parsed.problems.map(({ at }) => at)).toEqual(["mine.yaml:4"]);
  });
});
