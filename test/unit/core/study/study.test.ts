import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../../src/core/base/problem.ts";
import {
  dataDiskBytes,
  parseStudies,
  parseStudy,
  type Study,
  studyData,
  studyDocument,
  studyFromData,
  type Vocabulary,
} from "../../../../src/core/study/study.ts";
import { platforms } from "../../../../src/platforms/index.ts";
import { workloads } from "../../../../src/workloads/index.ts";
import { workload } from "../../made-up/study.ts";

const VOCABULARY: Vocabulary = { workloads, platforms };

const GOOD = `# a comment, so that the study does not begin on line 1
study: mine
title: What I want to know
platform: x86_64-kvm
levels: 1
repetitions: { boots: 3 }
resources:
  policy: reserved
  guest: { cpus: 2, memory: 768MiB }
  reserve:
    cpus: 1
    memory: 1.5 GiB
scratch: { size: 512MiB }
workloads:
  - { name: cpu, threads: 2 }
  - name: oltp
    threads: 1
`;

function parsed(text: string): Study {
  const result = parseStudy(text, "mine.yaml", VOCABULARY);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problems(text: string): readonly Problem[] {
  const result = parseStudy(text, "mine.yaml", VOCABULARY);
  return result.ok ? [] : result.problems;
}

/** GOOD with one line replaced, dropped (no new lines) or followed by others. */
function withLine(number: number, ...lines: readonly string[]): string {
  return GOOD.split("\n")
    .toSpliced(number - 1, 1, ...lines)
    .join("\n");
}

test("a good study has its defaults resolved", () => {
  expect(studyData(parsed(GOOD))).toEqual({
    name: "mine",
    title: "What I want to know",
    platform: "x86_64-kvm",
    hardware: "auto",
    levels: 1,
    repetitions: { kind: "fixed", boots: 3, runs: 1 },
    resources: {
      policy: "reserved",
      guest: { cpus: 2, memoryBytes: 805_306_368 },
      reserve: { cpus: 1, memoryBytes: 1_610_612_736 },
    },
    scratch: { sizeBytes: 536_870_912, cache: "none" },
    margin: 0.02,
    settings: {},
    factors: {},
    doubts: { repeat: 0, headline: "keep" },
    workloads: [
      { name: "cpu", kind: "cpu", params: { threads: 2, primeMax: 20_000, events: 10_000 } },
      {
        name: "oltp",
        kind: "oltp",
        params: {
          threads: 1,
          tables: 1,
          rows: 1_000_000,
          seconds: 1800,
          interval: 1,
          bufferPool: "128MiB",
          logFile: "96MiB",
          flushLogAtCommit: 1,
          flushMethod: "O_DIRECT",
        },
      },
    ],
  });
});

describe("a margin", () => {
  test.each([
    ["2%", 0.02],
    ["0.5%", 0.005],
    ["12.5%", 0.125],
    ["99%", 0.99],
  ])("of %s is %d", (text, margin) => {
    expect(parsed(`${GOOD}margin: ${text}\n`).margin).toBeCloseTo(margin, 15);
  });

  test.each(["0%", "100%", "-1%", "2", '"2"', "2 %", "two%", "1e1%", '"%"'])(
    "of %s is refused with how to write it",
    (text) => {
      expect(problems(`${GOOD}margin: ${text}\n`)).toMatchObject([{ code: "bad-value", at: "mine.yaml:18" }]);
    },
  );

  test("says how to write it where it is not a percentage", () => {
    expect(problems(`${GOOD}margin: "3"\n`)[0]?.what).toBe(
      'margin: "3" is no margin; write it like 2% (found "3")',
    );
  });

  test("is written to study.yaml as it was given, to the last digit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), (thousandths) => {
        const text = `${thousandths / 1000}%`;
        expect(studyDocument(studyData(parsed(`${GOOD}margin: ${text}\n`)))["margin"]).toBe(text);
      }),
    );
  });
});

describe("a study is refused, with the line and what was found, for", () => {
  test.each<[string, string, Problem]>([
    [
      "an unknown key",
      withLine(6, "repetitions: { boots: 3 }", "bots: 4"),
      {
        code: "unknown-key",
        at: "mine.yaml:7",
        what: 'the study has the unknown key "bots"',
        hint: expect.stringMatching(/^one of: study, title, platform, .*, platforms$/),
      },
    ],
    [
      "an unknown key further down",
      withLine(12, "    memory: 1.5 GiB", "    disk: 1GiB"),
      {
        code: "unknown-key",
        at: "mine.yaml:13",
        what: 'resources.reserve has the unknown key "disk"',
        hint: "one of: cpus, memory",
      },
    ],
    [
      "a value of the wrong type",
      withLine(6, "repetitions: { boots: many }"),
      {
        code: "bad-value",
        at: "mine.yaml:6",
        what: 'repetitions.boots: a whole number is needed (found "many")',
      },
    ],
    [
      "half a boot",
      withLine(6, "repetitions: { boots: 2.5 }"),
      {
        code: "bad-value",
        at: "mine.yaml:6",
        what: "repetitions.boots: a whole number is needed (found 2.5)",
      },
    ],
    [
      "a number out of its range",
      withLine(5, "levels: 10"),
      {
        code: "bad-value",
        at: "mine.yaml:5",
        what: "levels: 9 is the most (found 10)",
      },
    ],
    [
      "a choice that is not offered",
      withLine(5, "levels: 1", "hardware: imagined"),
      {
        code: "bad-value",
        at: "mine.yaml:6",
        what: 'hardware: one of auto, real, emulated (found "imagined")',
      },
    ],
    [
      "a key without a value",
      withLine(6, "repetitions: { boots: }"),
      {
        code: "bad-value",
        at: "mine.yaml:6",
        what: "repetitions.boots: a whole number is needed (found null)",
      },
    ],
    [
      "a name that cannot be a file's name",
      withLine(2, "study: ../mine"),
      {
        code: "bad-value",
        at: "mine.yaml:2",
        what: `study: a study's name has lower-case letters, digits and dashes (found "../mine")`,
      },
    ],
    [
      "a missing key",
      withLine(6),
      {
        code: "missing-key",
        at: "mine.yaml:2",
        what: "repetitions is missing: a map of keys and values is needed",
      },
    ],
    [
      "a missing key further down",
      withLine(11),
      {
        code: "missing-key",
        at: "mine.yaml:11",
        what: "resources.reserve.cpus is missing: a whole number is needed",
      },
    ],
    [
      "a size without a unit",
      withLine(12, "    memory: '768'"),
      {
        code: "bad-value",
        at: "mine.yaml:12",
        what: 'resources.reserve.memory: "768" is no size; write it like 768MiB (found "768")',
      },
    ],
    [
      "a size of nothing",
      withLine(13, "scratch: { size: 0MiB }"),
      {
        code: "bad-value",
        at: "mine.yaml:13",
        what: 'scratch.size: "0MiB" is no size; write it like 768MiB (found "0MiB")',
      },
    ],
    [
      "an unknown platform",
      withLine(4, "platform: vax"),
      {
        code: "unknown-platform",
        at: "mine.yaml:4",
        what: 'platform "vax" is not known',
        hint: `one of: ${platforms.map(({ name }) => name).join(", ")}`,
      },
    ],
    [
      "an unknown workload",
      withLine(15, "  - { name: bogus, threads: 2 }"),
      {
        code: "unknown-workload",
        at: "mine.yaml:15",
        what: 'workload "bogus" is not known',
        hint: `one of: ${workloads.map(({ name }) => name).join(", ")}`,
      },
    ],
    [
      "a workload without a name",
      withLine(15, "  - { threads: 2 }"),
      {
        code: "missing-key",
        at: "mine.yaml:15",
        what: "workloads.0.name is missing: text is needed",
      },
    ],
    [
      "no workload",
      `${GOOD.split("workloads:")[0]}workloads: []\n`,
      {
        code: "bad-value",
        at: "mine.yaml:14",
        what: "workloads: it may not be empty (found [])",
      },
    ],
    [
      "an unknown parameter of a workload",
      withLine(17, "    threads: 1", "    trheads: 2"),
      {
        code: "unknown-key",
        at: "mine.yaml:18",
        what: 'workloads.1 has the unknown key "trheads"',
        hint: "did you mean threads? docs/study.md lists every key",
      },
    ],
    [
      "a missing parameter of a workload",
      withLine(15, "  - { name: cpu }"),
      {
        code: "missing-key",
        at: "mine.yaml:15",
        what: "workloads.0.threads is missing: a whole number is needed",
      },
    ],
    [
      "a bad parameter of a workload",
      withLine(17, "    threads: 1", "    bufferPool: 1MiB"),
      {
        code: "bad-value",
        at: "mine.yaml:18",
        what: 'workloads.1.bufferPool: is no size of at least 5MiB; write it like 64MiB (found "1MiB")',
      },
    ],
    [
      "two workloads of one name",
      withLine(15, "  - { name: cpu, threads: 2 }", "  - { name: cpu, threads: 1 }"),
      {
        code: "workload-twice",
        at: "mine.yaml:16",
        what: "two workloads are called cpu",
        hint: "a name of its own for one of them, such as as: cpu-2; more trials of one are made by repetitions",
      },
    ],
    [
      // 1,000,000 rows of 300 bytes are 286.1 MiB, beside 72 MiB for the server.
      "a scratch disk that is too small",
      withLine(13, "scratch: { size: 438MiB }"),
      {
        code: "scratch-too-small",
        at: "mine.yaml:13",
        what: "workload oltp needs a scratch disk of 439 MiB, the study gives 438 MiB",
        hint: "size: 439MiB",
      },
    ],
    [
      "text that is not a mapping",
      "- cpu\n- oltp\n",
      {
        code: "bad-value",
        at: "mine.yaml:1",
        what: 'the study: a map of keys and values is needed (found ["cpu","oltp"])',
      },
    ],
    [
      "an empty file",
      "",
      {
        code: "bad-value",
        at: "mine.yaml:1",
        what: "the study: a map of keys and values is needed (found null)",
      },
    ],
  ])("%s", (_name, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test.each([
    ["an open bracket", withLine(15, "  - { name: cpu", "  - { name: oltp }"), "mine.yaml:16"],
    ["a key that stands twice", withLine(7, "repetitions: { boots: 4 }", "resources:"), "mine.yaml:7"],
    ["a tab", withLine(8, "\tpolicy: reserved"), "mine.yaml:8"],
    ["two documents", `${GOOD}---\nstudy: other\n`, "mine.yaml:18"],
  ])("broken YAML: %s", (_name, text, at) => {
    const found = problems(text);
    expect(found.map((problem) => problem.code)).toContain("bad-yaml");
    expect(found[0]).toMatchObject({ code: "bad-yaml", at, what: expect.stringMatching(/\S/) });
    expect(found[0]?.what).not.toContain("\n");
  });

  test("an alias that names no anchor", () => {
    expect(problems(withLine(6, "boots: *all"))).toMatchObject([
      { code: "bad-yaml", at: "mine.yaml:6", what: expect.stringContaining("all") },
    ]);
  });

  test("aliases that multiply without end", () => {
    const tenfold = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(of).join(", ")}]`;
    const bomb = [tenfold("a", "x"), tenfold("b", "*a"), tenfold("c", "*b"), tenfold("d", "*c")].join("\n");
    expect(problems(`${GOOD}${bomb}\n`)[0]).toMatchObject({ code: "bad-yaml" });
  });

  test("no key's wrong value is told in the words of the schema's library", () => {
    const wrong = ["nonsense", "5.5", "-1", "99999999", "true", "null", "[]", "{}"];
    const keys = [...GOOD.matchAll(/(?<=[\s{])\w+: (?=[^\s{])/g)];
    expect(keys.length).toBeGreaterThan(10);
    const said = keys.flatMap(({ index, 0: key }) => {
      const [before, after] = [GOOD.slice(0, index + key.length), GOOD.slice(index + key.length)];
      return wrong.flatMap((value) => problems(before + after.replace(/^[^,}\n]+/, value)));
    });
    expect(said.length).toBeGreaterThan(50);
    for (const { what } of said) {
      expect(what).not.toMatch(/invalid|expected|received|undefined|unrecognized|>=|<=|too (big|small)/i);
    }
  });

  test.each([
    ["a slip", "levls: 2", "did you mean levels?"],
    ["a key that belongs deeper down", "budget: 2h", "budget belongs in repetitions"],
    [
      "a key that belongs in several places",
      "memory: 1GiB",
      "memory belongs in resources.guest or resources",
    ],
    ["no key at all", "colour: red", "one of: study, title, platform"],
  ])("an unknown key has a hint: %s", (_name, line, hint) => {
    expect(problems(`${GOOD}${line}\n`)).toMatchObject([
      { code: "unknown-key", hint: expect.stringContaining(hint) },
    ]);
  });

  test("several things at once, each on its own line", () => {
    const text = GOOD.replace("platform: x86_64-kvm", "platform: vax")
      .replace("name: cpu", "name: bogus")
      .replace("threads: 1", "threads: 0");
    expect(problems(text).map(({ code, at }) => [code, at])).toEqual([
      ["unknown-platform", "mine.yaml:4"],
      ["unknown-workload", "mine.yaml:15"],
      ["bad-value", "mine.yaml:17"],
    ]);
  });

  test("a workload that stands twice after one that is not known, at the line of the second", () => {
    const text = withLine(
      15,
      "  - { name: bogus }",
      "  - { name: cpu, threads: 2 }",
      "  - { name: cpu, threads: 1 }",
    );
    expect(problems(text).map(({ code, at }) => [code, at])).toEqual([
      ["unknown-workload", "mine.yaml:15"],
      ["workload-twice", "mine.yaml:17"],
    ]);
  });

  test("any text at all, without throwing and with a line of the file in every problem", () => {
    const fragment = fc.constantFrom(
      "study: a",
      "boots: 1",
      "  - x",
      "a: [",
      "}",
      "? b",
      "'",
      "%YAML 9",
      "#",
      ":",
      "x: *a",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fragment).map((lines) => lines.join("\n")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const found = problems(given);
        expect(found.length).toBeGreaterThan(0);
        for (const problem of found) {
          const line = Number(/^mine\.yaml:(\d+)$/.exec(problem.at ?? "")?.[1]);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(given.split(/\r\n|\r|\n/).length);
        }
      }),
    );
  });
});

test("the scratch disk may be exactly as large as the data set", () => {
  expect(problems(withLine(13, "scratch: { size: 439MiB }"))).toEqual([]);
});

test("a workload without a data set needs no data disk", () => {
  expect(dataDiskBytes(workload("cpu", { threads: 1 }))).toBe(0);
  expect(dataDiskBytes(workload("oltp", { threads: 1, tables: 2, rows: 10_000 }))).toBe(158 * 2 ** 20);
});

describe("the studies that ship", () => {
  const folder = new URL("../../../../studies/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

  test("are there", () => {
    expect(files).toContain("quick.yaml");
  });

  const studiesIn = (file: string) => {
    const result = parseStudies(readFileSync(new URL(file, folder), "utf8"), file, VOCABULARY);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.value;
  };

  test.each(files)("%s is a study of that name", (file) => {
    for (const { name } of studiesIn(file)) expect(name).toBe(file.replace(".yaml", ""));
  });

  test.each(files)("%s is the same study after it was stored", (file) => {
    for (const study of studiesIn(file)) expectRoundTrip(study);
  });
});

describe("a stored study", () => {
  test("comes back with the same commands", () => {
    expectRoundTrip(parsed(GOOD));
  });

  test("is not read where it names a workload that this version does not have", () => {
    const data = studyData(parsed(GOOD));
    expect(
      studyFromData(
        { ...data, workloads: [{ name: "gone", kind: "gone", params: { threads: 1 } }] },
        workloads,
      ),
    ).toBeUndefined();
  });

  test("is not read where a workload's parameters have changed", () => {
    const data = studyData(parsed(GOOD));
    const changed = [{ name: "cpu", kind: "cpu", params: { threads: 1, cores: 2 } }];
    expect(studyFromData({ ...data, workloads: changed }, workloads)).toBeUndefined();
  });
});

function expectRoundTrip(study: Study): void {
  const stored = studyData(study);
  const read = studyFromData(JSON.parse(JSON.stringify(stored)), workloads);
  if (read === undefined) throw new Error("the stored study was not read");
  expect(studyData(read)).toEqual(stored);
  const place = { dataDisk: "/data", scratchDisk: "/scratch" };
  const commands = (one: Study) =>
    one.workloads.map(({ levels, dataSet }) => [levels.map((level) => level.commands(place)), dataSet]);
  expect(commands(read)).toEqual(commands(study));
}
