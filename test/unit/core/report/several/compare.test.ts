import { describe, expect, test } from "vitest";
import { normal, randomStreamFor } from "../../../../../src/core/base/random.ts";
import { TIMING_LABELS } from "../../../../../src/core/base/timing.ts";
import { cellText } from "../../../../../src/core/document/document.ts";
import { LABELS, type LevelFacts, type Report } from "../../../../../src/core/report/parts/report.ts";
import { type RunReport, runReport } from "../../../../../src/core/report/run/run-report.ts";
import { type Change, fellBeyond } from "../../../../../src/core/report/several/changes.ts";
import { compareReports } from "../../../../../src/core/report/several/compare.ts";
import type { RatioEstimate } from "../../../../../src/core/stats/ratio.ts";
import { conditionsOf } from "../../../../../src/core/study/settings/condition.ts";
import { studyData } from "../../../../../src/core/study/study.ts";
import { planBoots, type Trial } from "../../../../../src/core/trial/plan.ts";
import { analyse } from "../../../made-up/analysed.ts";
import { madeUpEvidence, madeUpLevels } from "../../../made-up/report.ts";
import { type FixedStudy, fixed, madeUpStudy, workload } from "../../../made-up/study.ts";

const KEPT = [1, 0.8, 0.6];

interface Different {
  readonly study?: Partial<FixedStudy>;
  readonly hardware?: RunReport["hardware"];
  readonly timing?: RunReport["timing"];
  readonly levels?: readonly LevelFacts[];
  /** What a trial gives, on average, of what it gives elsewhere. */
  readonly factor?: (trial: Trial) => number;
}

/** A run of six boots whose trials lie some thousandths from the truth, each run with luck of its own. */
function run(
  id: string,
  { study: differently, hardware, timing = "wall", levels, factor = () => 1 }: Different = {},
): Report {
  const study = madeUpStudy({ repetitions: fixed(6), ...differently });
  const measured = planBoots(study, 1)
    .flatMap((boot) => boot.trials)
    .map((trial) => {
      const luck = Math.exp(0.003 * normal(randomStreamFor(1, `${id} ${trial.id}`)));
      const throughput = 1000 * (KEPT[trial.level] ?? 0) * factor(trial) * luck;
      return { trial, reading: { metrics: { throughput, response: 1 / throughput } } };
    });
  const { subject } = madeUpEvidence();
  const conditions = conditionsOf(study);
  const analysis = analyse(measured, [], {
    platform: study.platform,
    resources: study.resources.policy,
    workloads: study.workloads.map(({ name }) => name),
    levels: study.levels,
    margin: study.margin,
    ...(conditions.length === 0 ? {} : { conditions }),
  });
  return runReport({
    ...madeUpEvidence({ hardware: hardware ?? "real", timing, analysis }),
    subject: { ...subject, id, study: studyData(study), levels: levels ?? madeUpLevels() },
  });
}

/** A published study of the same cells, as far as a comparison looks at it. */
function published(id: string): Report {
  const report = run(id);
  return { ...report, subject: { kind: "reference", id, citation: "FitzGerald 2014" } };
}

/** The levels' facts, with one of one level changed. */
function factsBut(level: number, change: Partial<LevelFacts["facts"]>): readonly LevelFacts[] {
  return madeUpLevels().map((one) =>
    one.level === level ? { ...one, facts: { ...one.facts, ...change } } : one,
  );
}

const kinds = (changes: readonly Change[]) => [...new Set(changes.map(({ kind }) => kind))];
const changeAt = (changes: readonly Change[], workload: string, level: number) =>
  changes.find((change) => change.workload === workload && change.level === level);

function rows(report: Report, id: string): readonly (readonly string[])[] | undefined {
  const blocks = report.sections.flatMap((section) => section.blocks);
  const found = blocks.find((block) => block.kind === "table" && block.table.id === id);
  return found?.kind === "table" ? found.table.rows.map(({ cells }) => cells.map(cellText)) : undefined;
}

describe("two runs with the same facts", () => {
  const slowed = run("slowed", {
    factor: ({ workload, level }) => (workload === "cpu" && level === 2 ? 0.9 : 1),
  });
  const { changes, report } = compareReports([run("before"), slowed], 0.02);

  test("are compared by their absolute figures, at every level and for every workload", () => {
    expect(changes.map(({ workload, level, of, to, kind }) => [workload, level, of, to, kind])).toEqual(
      ["cpu", "threads"].flatMap((name) =>
        [0, 1, 2].map((level) => [name, level, "slowed", "before", "absolute"]),
      ),
    );
    expect(report.notes).toEqual([]);
  });

  test("differ where they differ and nowhere else", () => {
    expect(changes.map(({ verdict }) => verdict.kind)).toEqual([
      "equivalent",
      "equivalent",
      "slower",
      "equivalent",
      "equivalent",
      "equivalent",
    ]);
    expect(changeAt(changes, "cpu", 2)?.estimate.ratio).toBeCloseTo(0.9, 2);
    expect(changeAt(changes, "cpu", 2)?.estimate.method).toBe("welch-log-ratio");
  });

  test("have the permutation test of their twelve boots beside each change", () => {
    expect(changeAt(changes, "cpu", 2)?.permutation).toMatchObject({
      kind: "exact",
      arrangements: 924,
      p: 2 / 924,
    });
    expect(rows(report, "changes-absolute")?.[2]?.at(-1)).toBe("0.0022");
  });

  test("have p adjusted over all that is compared", () => {
    const least = changeAt(changes, "cpu", 2);
    expect(least?.holmP).toBeCloseTo(6 * (least?.estimate.p ?? Number.NaN), 14);
  });

  test("give a report of its own, with both runs' cells and throughputs", () => {
    expect(report).toMatchObject({
      subject: { kind: "comparison", id: "compare-before-slowed", of: ["before", "slowed"] },
      title: "before against slowed",
      hardware: "real",
      timing: "wall",
    });
    expect(report).not.toHaveProperty("label");
    expect(report.analysis.cells).toHaveLength(12);
    expect(new Set(report.analysis.comparisons.map(({ metric }) => metric))).toEqual(new Set(["throughput"]));
    expect(report.trials).toEqual([]);
    expect(report.sections.map(({ id }) => id)).toEqual([
      "overview",
      "answers",
      "relative",
      "changes",
      "notes",
    ]);
    expect(rows(report, "changes-absolute")).toHaveLength(6);
    expect(rows(report, "changes-relative")).toBeUndefined();
  });

  test("show what each level keeps of its own L0, side by side", () => {
    const table = rows(report, "relative");
    expect(table?.map(([workload, level]) => `${workload} ${level}`)).toEqual([
      "cpu L1",
      "cpu L2",
      "threads L1",
      "threads L2",
    ]);
    const [, , before, after] = table?.[1] ?? [];
    expect(Number.parseFloat(before ?? "")).toBeCloseTo(0.6, 2);
    expect(Number.parseFloat(after ?? "")).toBeCloseTo(0.54, 2);
  });

  test("are named in one sentence for each workload, with its picture", () => {
    expect(report.answers.map(({ workload }) => workload)).toEqual(["cpu", "threads"]);
    expect(report.answers[0]?.sentence).toMatch(
      /^cpu: L2 keeps of its own L0 0\.60\d \[0\.\d+, 0\.\d+\] in before, 0\.5\d\d \[0\.\d+, 0\.\d+\] in slowed$/,
    );
    expect(report.answers[0]?.figure?.rows.map(({ group, name }) => `${group}: ${name}`)).toEqual([
      "before: L1 to L0",
      "before: L2 to L0",
      "slowed: L1 to L0",
      "slowed: L2 to L0",
    ]);
  });
});

describe("a run against itself", () => {
  const again = run("same");
  const { changes, report } = compareReports([again, again], 0.02);

  test("has a ratio of 1 everywhere, and is equivalent", () => {
    expect(changes).toHaveLength(6);
    for (const { estimate, verdict, holmP } of changes) {
      expect(estimate.ratio).toBeCloseTo(1, 12);
      expect(verdict.kind).toBe("equivalent");
      expect(holmP).toBe(1);
    }
    expect(changes.some((change) => fellBeyond(change, 0.000001))).toBe(false);
  });

  test("is told from itself by its place", () => {
    expect(new Set(report.answers[0]?.figure?.rows.map(({ group }) => group))).toEqual(
      new Set(["same (1)", "same (2)"]),
    );
  });
});

describe("runs that differ in a fact", () => {
  const facts: readonly (readonly [string, Different, string])[] = [
    [
      "the kernel of L1",
      { levels: factsBut(1, { kernel: "6.12.0" }) },
      "L1: kernel (6.1.0-56-cloud-amd64 / 6.12.0)",
    ],
    [
      "the processor",
      { levels: factsBut(0, { cpuModel: "Another" }) },
      "L0: processor (QEMU TCG CPU version 2.5+ / Another)",
    ],
    ["CPUs", { levels: factsBut(2, { cpus: 2 }) }, "L2: CPUs (1 / 2)"],
    ["the image", { levels: factsBut(1, { imageId: "other" }) }, "L1: image (666063fc3aa77c24 / other)"],
    [
      "huge pages",
      { levels: factsBut(0, { transparentHugePages: "never" }) },
      "L0: transparent huge pages (always / never)",
    ],
    ["the clock source", { levels: factsBut(0, { clockSource: "hpet" }) }, "L0: clock source (tsc / hpet)"],
    ["the hypervisor's version", { levels: factsBut(1, { qemuVersion: "9.0" }) }, "L1: QEMU (7.2.22 / 9.0)"],
    ["mitigations", { levels: factsBut(0, { mitigations: ["mds: off"] }) }, "L0: mitigations ("],
    ["nesting", { levels: factsBut(1, { kvm: undefined }) }, "L1: hosts by (kvm_amd, nested on / none)"],
    ["the platform", { study: { platform: "S390x" } }, "platform (x86_64-kvm / S390x)"],
    ["the scratch disk", { study: { scratch: { sizeBytes: 1, cache: "writeback" } } }, "scratch disk ("],
    [
      "resources",
      {
        study: {
          resources: {
            policy: "reserved",
            guest: { cpus: 2, memoryBytes: 1 },
            reserve: { cpus: 1, memoryBytes: 1 },
          },
        },
      },
      "resources (",
    ],
  ];

  test.each(facts)(
    "%s: no absolute figures, the fact is named, and relative costs stand",
    (_, different, fact) => {
      const { changes, report } = compareReports([run("one"), run("two", different)], 0.02);
      expect(report.notes).toHaveLength(1);
      expect(report.notes[0]).toMatch(/^two against one: no absolute figures, because they differ in /);
      expect(report.notes[0]).toContain(fact);
      expect(kinds(changes)).toEqual(["relative"]);
      expect(changes.map(({ level }) => level)).toEqual([1, 2, 1, 2]);
      expect(rows(report, "changes-absolute")).toBeUndefined();
      expect(rows(report, "changes-relative")).toHaveLength(4);
      expect(report.sections.at(-1)?.blocks).toEqual([{ kind: "items", items: report.notes }]);
    },
  );

  test("have their shares of L0 divided: twice the speed at every level is no change", () => {
    const faster = run("two", { factor: () => 2, levels: factsBut(0, { cpuModel: "Another" }) });
    const { changes } = compareReports([run("one"), faster], 0.02);
    for (const { estimate, verdict } of changes) {
      expect(estimate.ratio).toBeCloseTo(1, 2);
      expect(verdict.kind).toBe("equivalent");
    }
  });

  test("take each share within its boot, so that what a boot does to all levels cancels", () => {
    const moody = (id: string, different: Different = {}) =>
      run(id, { ...different, factor: ({ boot }) => 1 + 0.3 * (boot % 3) });
    const { changes } = compareReports(
      [moody("one"), moody("two", { levels: factsBut(0, { kernel: "6" }) })],
      0.02,
    );
    for (const { estimate } of changes) expect(estimate.high / estimate.low).toBeLessThan(1.02);
  });

  test("of two boots have each share with the spread of its own report, not of two values alone", () => {
    const two = { repetitions: fixed(2) };
    const [one, other] = [
      run("one", { study: two }),
      run("two", { study: two, levels: factsBut(0, { kernel: "6" }) }),
    ];
    const { changes } = compareReports([one, other], 0.02);
    const share = (report: Report) =>
      report.analysis.comparisons.find(
        ({ workload, level, to, metric }) =>
          workload === "cpu" && level === 2 && to === 0 && metric === "throughput",
      )?.estimate;
    const [before, after] = [share(one), share(other)];
    const found = changeAt(changes, "cpu", 2)?.estimate;
    expect(found?.ratio).toBeCloseTo((after?.ratio ?? 0) / (before?.ratio ?? 1), 12);
    expect(found?.standardError).toBeCloseTo(
      Math.hypot(before?.standardError ?? Number.NaN, after?.standardError ?? Number.NaN),
      12,
    );
    // Three levels of two boots: each report's spread has 1.8 degrees of freedom, and not 1.
    expect(found?.df).toBeGreaterThan(1.7);
  });

  test("in many facts are told of six of them and how many more there are", () => {
    const change = { cpuModel: "x", kernel: "x", qemuVersion: "x", clockSource: "x" };
    const levels = madeUpLevels().map((one) => ({ ...one, facts: { ...one.facts, ...change } }));
    const { report } = compareReports([run("one"), run("two", { levels })], 0.02);
    expect(report.notes[0]?.match(/L\d: /g)).toHaveLength(6);
    expect(report.notes[0]).toMatch(/, and 6 more$/);
  });

  test("only below the levels that both have are held against each other by what they share", () => {
    const shallow = run("two", { study: { levels: 1 }, levels: factsBut(2, { kernel: "6" }) });
    const { changes, report } = compareReports([run("one"), shallow], 0.02);
    expect(report.notes).toEqual([]);
    expect(changes.map(({ level, kind }) => [level, kind])).toEqual([
      [0, "absolute"],
      [1, "absolute"],
      [0, "absolute"],
      [1, "absolute"],
    ]);
  });
});

describe("workloads with other parameters", () => {
  const two = run("two", {
    study: { workloads: [workload("cpu", { threads: 4 }), workload("threads", {})] },
  });

  test("are other workloads: refused by name and parameter, and the rest is compared", () => {
    const { changes, report } = compareReports([run("one"), two], 0.02);
    expect(report.notes).toEqual(["two against one: cpu is another workload there: cpu: threads (1 / 4)"]);
    expect([...new Set(changes.map((change) => change.workload))]).toEqual(["threads"]);
    expect(kinds(changes)).toEqual(["absolute"]);
  });
});

describe("a workload that only one of the runs has", () => {
  const half = run("half", { study: { workloads: [workload("cpu", { threads: 1 })] } });

  test.each([
    ["the later", [run("whole"), half], "half against whole"],
    ["the first", [half, run("whole")], "whole against half"],
  ] as const)("is told where it is %s that lacks it, and the rest is compared", (_, reports, pair) => {
    const { changes, report } = compareReports(reports, 0.02);
    expect(report.notes).toEqual([`${pair}: half has no figures of threads`]);
    expect([...new Set(changes.map((change) => change.workload))]).toEqual(["cpu"]);
    expect(rows(report, "relative")?.map((row) => row.slice(2).includes("--"))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe("unlike hardware", () => {
  test("emulated and real are never divided by each other, and the label stands", () => {
    const { changes, report } = compareReports(
      [run("real"), run("emulated", { hardware: "emulated" })],
      0.02,
    );
    expect(changes).toEqual([]);
    expect(report.notes).toEqual([
      "emulated against real: no absolute figures, because they differ in hardware (real / emulated)",
      "emulated against real: relative costs stand side by side and are not divided by each other",
      expect.stringMatching(/^the reports are of real hardware and emulated hardware: /),
    ]);
    expect(report).toMatchObject({ hardware: "emulated", label: LABELS.emulated });
    for (const { figure } of report.answers) expect(figure?.label).toBe(LABELS.emulated);
    expect(report.answers[0]?.sentence).toContain("in emulated [emulated]");
    expect(rows(report, "relative")).toHaveLength(4);
    expect(report.sections.find(({ id }) => id === "changes")?.blocks).toEqual([
      { kind: "paragraph", text: expect.stringContaining("Nothing may be divided by each other") },
    ]);
  });

  test("counted instructions are never divided by seconds, and their label stands over both", () => {
    const [seconds, counted] = [
      run("seconds", { hardware: "emulated" }),
      run("counted", { hardware: "emulated", timing: "counted" }),
    ];
    const { changes, report } = compareReports([seconds, counted], 0.02);
    expect(changes).toEqual([]);
    expect(report.notes).toEqual([
      "counted against seconds: no absolute figures, because they differ in timing (wall / counted)",
      "counted against seconds: relative costs stand side by side and are not divided by each other",
      expect.stringContaining("of emulated hardware and emulated hardware, counted time: "),
    ]);
    expect(report).toMatchObject({ timing: "counted", label: TIMING_LABELS.counted });
    expect(report.answers[0]?.sentence).toContain("in counted [emulated, counted time]");
    expect(kinds(compareReports([counted, counted], 0.02).changes)).toEqual(["absolute"]);
  });

  test("functional machines are not divided by each other either", () => {
    const one = run("one", { hardware: "emulated", timing: "functional" });
    const { changes, report } = compareReports([one, { ...one }], 0.02);
    expect(changes).toEqual([]);
    expect(report.notes[0]).toMatch(/speeds of a functional machine are not divided by each other$/);
    expect(report.label).toBe(TIMING_LABELS.functional);
  });

  test("of one kind is compared, with its label", () => {
    const emulated = ["one", "two"].map((id) => run(id, { hardware: "emulated" }));
    const { changes, report } = compareReports(emulated, 0.02);
    expect(kinds(changes)).toEqual(["absolute"]);
    expect(report.label).toBe(LABELS.emulated);
  });

  test("a published study is never divided by a run, nor a run by it", () => {
    for (const reports of [
      [published("study"), run("mine")],
      [run("mine"), published("study")],
      [published("study"), published("another")],
    ]) {
      const { changes, report } = compareReports(reports, 0.02);
      expect(changes).toEqual([]);
      expect(report.notes[0]).toContain("no absolute figures, because they differ in kind of figures (");
      expect(report.notes[1]).toContain("are not divided by each other");
      expect(rows(report, "relative")).toHaveLength(4);
    }
  });
});

describe("several runs", () => {
  const runs = [run("first"), run("second"), run("third", { levels: factsBut(1, { kernel: "6" }) })];
  const { changes, report } = compareReports(runs, 0.02);

  test("are each held against the first", () => {
    expect(new Set(changes.map(({ of, to, kind }) => `${of} against ${to}, ${kind}`))).toEqual(
      new Set(["second against first, absolute", "third against first, relative"]),
    );
    expect(report.notes).toHaveLength(1);
    expect(rows(report, "changes-absolute")).toHaveLength(6);
    expect(rows(report, "changes-relative")).toHaveLength(4);
  });

  test("have p adjusted over all ten comparisons together", () => {
    const ps = changes.map(({ estimate }) => estimate.p ?? Number.NaN);
    const least = changes[ps.indexOf(Math.min(...ps))];
    expect(least?.holmP).toBeCloseTo(Math.min(1, 10 * Math.min(...ps)), 12);
  });
});

describe("a run of one boot", () => {
  test("is compared without an interval, and nothing is said of it", () => {
    const { changes } = compareReports([run("one"), run("two", { study: { repetitions: fixed(1) } })], 0.02);
    expect(changes).toHaveLength(6);
    for (const change of changes) {
      expect(change).toMatchObject({ bhP: undefined, verdict: { kind: "inconclusive" } });
      expect(fellBeyond(change, 0.01)).toBe(false);
    }
  });
});

describe("a fall beyond a threshold", () => {
  const change = (estimate: Partial<RatioEstimate>): Change => ({
    workload: "cpu",
    of: "b",
    to: "a",
    level: 1,
    kind: "absolute",
    permutation: { kind: "exact", p: 0.1, arrangements: 20, smallestP: 0.1 },
    behind: undefined,
    estimate: {
      ratio: 0.9,
      low: 0.88,
      high: 0.92,
      confidence: 0.95,
      standardError: 0.01,
      df: 5,
      boots: 6,
      p: 0.001,
      method: "welch-log-ratio",
      warnings: [],
      ...estimate,
    },
    bhP: 0.001,
    holmP: 0.001,
    equivalence: { p: 1, equivalent: false, low: 1 / 1.02, high: 1.02 },
    verdict: { kind: "slower", reason: "" },
  });

  test.each([
    ["the whole interval lies below it", {}, 0.05, true],
    ["the interval reaches up to it", { high: 0.95 }, 0.05, false],
    ["the ratio fell beyond it and the interval did not", { ratio: 0.9, high: 0.96 }, 0.05, false],
    ["the fall is real and smaller", { ratio: 0.97, low: 0.96, high: 0.98 }, 0.05, false],
    ["it rose", { ratio: 1.2, low: 1.1, high: 1.3 }, 0.05, false],
    ["there is no interval", { low: 0, high: 0.5, standardError: undefined }, 0.05, false],
  ])("%s", (_, estimate, threshold, fell) => {
    expect(fellBeyond(change(estimate), threshold)).toBe(fell);
  });
});

describe("runs with factors", () => {
  const factors = { thp: ["always", "never"] };
  const slower = (trial: Trial) => (trial.condition === 2 && trial.level === 2 ? 0.8 : 1);

  test("are held against each other condition by condition", () => {
    const { changes, report } = compareReports(
      [run("a", { study: { factors } }), run("b", { study: { factors }, factor: slower })],
      0.02,
    );
    const at = (condition: string, level: number) =>
      changes.find((one) => one.condition === condition && one.level === level && one.workload === "cpu");
    expect(at("thp never", 2)?.verdict.kind).toBe("slower");
    expect(at("thp never", 2)?.estimate.ratio).toBeCloseTo(0.8, 2);
    expect(at("thp always", 2)?.verdict.kind).toBe("equivalent");
    expect(rows(report, "changes-absolute")?.[0]?.[2]).toBe("thp always");
  });

  test("say which conditions only one of them has", () => {
    const more = { thp: ["always", "madvise", "never"] };
    const { changes, report } = compareReports(
      [run("a", { study: { factors } }), run("b", { study: { factors: more } })],
      0.02,
    );
    expect(new Set(changes.map(({ condition }) => condition))).toEqual(new Set(["thp always", "thp never"]));
    expect(report.notes.join("\n")).toContain("b against a: not measured in both: thp madvise (b alone)");
  });

  test("are refused where no condition is in both", () => {
    const { changes, report } = compareReports([run("a"), run("b", { study: { factors } })], 0.02);
    expect(changes).toEqual([]);
    expect(report.notes.join("\n")).toContain(
      "b against a: they have no condition in common, no factors / thp always; thp never",
    );
  });

  test("with other settings are compared relative to their own L0 only", () => {
    const { changes, report } = compareReports(
      [run("a"), run("b", { study: { settings: { disk: "ide" } } })],
      0.02,
    );
    expect(kinds(changes)).toEqual(["relative"]);
    expect(report.notes.join("\n")).toContain("because they differ in settings (as usual / disk ide)");
  });
});
