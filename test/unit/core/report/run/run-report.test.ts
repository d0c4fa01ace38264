import { describe, expect, test } from "vitest";
import { type Block, cellText, type Table } from "../../../../../src/core/document/document.ts";
import type { Figure } from "../../../../../src/core/document/figure.ts";
import type { Origin } from "../../../../../src/core/machine/provenance.ts";
import type { LevelFacts, Report } from "../../../../../src/core/report/parts/report.ts";
import { depthTable, timelineTable } from "../../../../../src/core/report/run/evidence-section.ts";
import { inventoryTable } from "../../../../../src/core/report/run/machine-section.ts";
import type { RunEvidence } from "../../../../../src/core/report/run/run-evidence.ts";
import { runReport } from "../../../../../src/core/report/run/run-report.ts";
import { parseStudy, studyData } from "../../../../../src/core/study/study.ts";
import { workloads } from "../../../../../src/workloads/index.ts";
import { madeUpPlatform } from "../../../made-up/platform.ts";
import { madeUpProvenance } from "../../../made-up/provenance.ts";
import { madeUpEvidence, madeUpLevels } from "../../../made-up/report.ts";
import { cellsOf } from "../../../made-up/table.ts";

const blocksOf = (report: Report): readonly Block[] => report.sections.flatMap(({ blocks }) => blocks);
const tablesOf = (report: Report): readonly Table[] =>
  blocksOf(report).flatMap((block) => (block.kind === "table" ? [block.table] : []));
const figuresOf = (report: Report): readonly Figure[] =>
  blocksOf(report).flatMap((block) => (block.kind === "figure" ? [block.figure] : []));

function section(report: Report, id: string): readonly Block[] {
  const found = report.sections.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no section ${id}`);
  return found.blocks;
}

function evidenceOf(subject: Partial<RunEvidence["subject"]>): RunEvidence {
  const evidence = madeUpEvidence();
  return { ...evidence, subject: { ...evidence.subject, ...subject } };
}

/** Evidence of a run that has brought nothing up yet. */
const nothing = (): RunEvidence => ({
  ...evidenceOf({ levels: [] }),
  analysis: { cells: [], comparisons: [], failed: [], margin: 0.02, warnings: [] },
  bringUps: [],
  nestedEntries: [],
  attributions: [],
  bootSeconds: new Map(),
  courses: [],
  asynchronousIo: [],
  spans: [],
  trials: [],
  notes: [],
});

describe("a run's report", () => {
  const report = runReport(madeUpEvidence());

  test("answers first, and shows in the end how to run it again", () => {
    expect(report.sections.map(({ id }) => id)).toEqual([
      "overview",
      "answers",
      "results",
      "comparisons",
      "stopping",
      "attribution",
      "machines",
      "method",
      "evidence",
      "notes",
      "again",
    ]);
  });

  test("has ids that are there once, of sections, of tables and of figures", () => {
    for (const ids of [report.sections, tablesOf(report), figuresOf(report)].map((all) =>
      all.map(({ id }) => id),
    )) {
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test("has tables with as many cells in each row as there are columns", () => {
    for (const { id, columns, rows } of tablesOf(report)) {
      expect(rows.length, id).toBeGreaterThan(0);
      expect(new Set(rows.map(({ cells }) => cells.length)), id).toEqual(new Set([columns.length]));
    }
  });

  test("has one sentence for each workload of the study, with its picture", () => {
    expect(report.answers.map(({ workload, figure }) => [workload, figure?.id])).toEqual([
      ["cpu", "cpu-ratios"],
      ["threads", "threads-ratios"],
    ]);
    expect(section(report, "answers")).toEqual(
      report.answers.flatMap(({ sentence, figure }) => [
        { kind: "items", items: [sentence] },
        { kind: "figure", figure },
      ]),
    );
    const open = report.analysis.comparisons.filter(
      ({ metric, verdict }) => metric === "throughput" && verdict.settledBy !== undefined,
    );
    expect(open).toHaveLength(1);
    const { headline, figure } = report.overview ?? {};
    expect(headline).toBe("L2 costs 10% to 38% of L0's throughput, threads the most.");
    expect(figure?.rows.map(({ group, name }) => `${group} ${name}`)).toEqual([
      ...["cpu L1", "cpu L2", "threads with 2, 1, 1 CPUs L1", "threads with 2, 1, 1 CPUs L2"],
    ]);
    const [sentence, picture, next] = section(report, "overview");
    expect([sentence, picture]).toEqual([
      { kind: "paragraph", text: headline },
      { kind: "figure", figure },
    ]);
    expect(next).toEqual({
      kind: "paragraph",
      text: `1 of 6 answers is open. dvirt resume ${report.subject.id} --boots ${open[0]?.verdict.settledBy?.boots} would probably settle it.`,
    });
    for (const { workload, figure: own } of report.answers) {
      expect(own?.rows.map(({ name }) => name)).toEqual(["L1 to L0", "L2 to L0", "L2 to L1"]);
      expect(new Set(own?.rows.map(({ group }) => group))).toEqual(new Set([workload]));
    }
  });

  test("draws one figure of every kind at least, each with its text and its label", () => {
    const figures = figuresOf(report);
    expect(new Set(figures.map(({ kind }) => kind))).toEqual(
      new Set(["ratios", "bars", "stacks", "timeline"]),
    );
    for (const figure of figures) {
      expect(figure.label, figure.id).toBe(report.label);
      expect(figure.label).toMatch(/^EMULATED HARDWARE/);
      expect(figure.alt.length, figure.id).toBeGreaterThan(20);
      expect(figure.title, figure.id).not.toBe("");
    }
  });

  test("has no label anywhere on real hardware", () => {
    const real = runReport(madeUpEvidence({ hardware: "real" }));
    expect(real).not.toHaveProperty("label");
    expect(figuresOf(real).length).toBeGreaterThan(0);
    for (const figure of figuresOf(real)) expect(figure).not.toHaveProperty("label");
  });

  test("has a table and a figure of results for each workload, then those over all of them", () => {
    expect(
      section(report, "results").map((block) =>
        block.kind === "table" ? block.table.id : block.kind === "figure" ? block.figure.id : block.kind,
      ),
    ).toEqual([
      "cpu-results",
      "cpu-results",
      "threads-results",
      "threads-results",
      "per-cpu",
      "spread",
      "course",
    ]);
  });

  test("names the verdict of each comparison as the analysis has it, for both metrics", () => {
    for (const metric of ["throughput", "response"]) {
      const table = tablesOf(report).find(({ id }) => id === `comparisons-${metric}`);
      const at = table?.columns.findIndex(({ title }) => title === "verdict") ?? -1;
      expect(table?.rows.map(({ cells }) => cells[at])).toEqual(
        report.analysis.comparisons.filter((one) => one.metric === metric).map(({ verdict }) => verdict.kind),
      );
    }
    expect(new Set(report.analysis.comparisons.map(({ verdict }) => verdict.kind))).toEqual(
      new Set(["equivalent", "slower", "inconclusive"]),
    );
  });

  test("says the analysis's warnings, the run's notes and every failure among its doubts", () => {
    expect(report.notes).toEqual([...report.analysis.warnings, ...madeUpEvidence().notes]);
    expect(section(report, "notes")).toEqual([
      {
        kind: "items",
        items: [
          ...report.notes,
          "failed: b2-down-L2-threads-1: sysbench threads: exit code 1",
          "doubted: b3-up-L0-threads-1: other-load: others used 0.97 of the host's 2 CPUs during the trial",
        ],
      },
      { kind: "table", table: expect.objectContaining({ id: "guards" }) },
    ]);
  });

  test("shows a study.yaml that gives the same study again, and the seed", () => {
    const listing = section(report, "again").find(
      (block) => block.kind === "listing" && block.title === "study.yaml",
    );
    const text = listing?.kind === "listing" ? listing.text : "";
    const read = parseStudy(text, "study.yaml", { workloads, platforms: [madeUpPlatform("x86_64-kvm")] });
    expect(read.ok && studyData(read.value)).toEqual(madeUpEvidence().subject.study);
    expect(section(report, "again")[0]).toMatchObject({
      kind: "paragraph",
      text: expect.stringContaining("--seed 7"),
    });
  });

  test("lists the image's packages where they are known, and not among what it was made with", () => {
    const madeWith = tablesOf(report).find(({ id }) => id === "made-with");
    expect(cellsOf(madeWith)).toEqual([
      ["hardware", "this host has no KVM"],
      ["image", "666063fc3aa77c24"],
      ["image sha256", "5f1c".repeat(16)],
      ["dvirt", "0.1.0"],
      ["node", "v20.19.2"],
    ]);
    expect(section(report, "again").at(-1)).toMatchObject({
      kind: "listing",
      text: expect.stringContaining("sysbench"),
    });
    const without = runReport(evidenceOf({ provenance: madeUpProvenance() }));
    expect(section(without, "again").filter(({ kind }) => kind === "listing")).toHaveLength(1);
  });

  test("says where machines come from that were given, and what z/VM answered", () => {
    const given = {
      kind: "given",
      declared: [{ architecture: "s390x" }, { architecture: "s390x", hypervisors: ["z/VM", "z/VM"] }],
      userland: { kind: "installed" },
      notes: ["a note"],
    } as const;
    const rows = (replicate: Extract<Origin, { kind: "given" }>["replicate"]) => {
      const provenance = madeUpProvenance({ origin: { ...given, replicate } });
      const made = tablesOf(runReport(evidenceOf({ provenance }))).find(({ id }) => id === "made-with");
      return cellsOf(made)?.slice(0, -2);
    };
    const declared = [
      ["declared levels", "L0 s390x; L1 s390x, z/VM under z/VM"],
      ["userland", "installed"],
    ];
    expect(rows({ kind: "session" })).toEqual([
      ["hardware", "machines that were there already, reached by SSH"],
      ...declared,
    ]);
    expect(rows({ kind: "boot", guests: [{ level: 1, answer: "z/VM 7.3" }] })).toEqual([
      ["hardware", "guests of z/VM, reached by SSH"],
      ["z/VM below L1", "z/VM 7.3"],
      ...declared,
    ]);
  });

  test("states every parameter of every workload", () => {
    expect(cellsOf(tablesOf(report).find(({ id }) => id === "workloads"))).toEqual([
      ["cpu", "threads 1, primeMax 20000, events 10000"],
      ["threads", "threads 64, yields 1000, locks 8, events 10000"],
    ]);
  });

  test("can be had before anything was measured", () => {
    const empty = runReport(nothing());
    expect(empty.answers).toEqual([
      { workload: "cpu", sentence: "cpu: there is nothing to compare", figure: undefined },
      { workload: "threads", sentence: "threads: there is nothing to compare", figure: undefined },
    ]);
    expect(figuresOf(empty)).toEqual([]);
    expect(empty.sections.map(({ id }) => id)).not.toContain("results");
    expect(empty.sections).toHaveLength(7);
  });

  test("keeps out of its results a workload of which nothing could be read", () => {
    const { analysis } = madeUpEvidence();
    const cells = analysis.cells.filter(({ workload }) => workload === "cpu");
    const comparisons = analysis.comparisons.filter(({ workload }) => workload === "cpu");
    const half = runReport(madeUpEvidence({ analysis: { ...analysis, cells, comparisons } }));
    expect(tablesOf(half).map(({ id }) => id)).not.toContain("threads-results");
    expect(half.answers[1]).toMatchObject({
      sentence: "threads: there is nothing to compare",
      figure: undefined,
    });
  });

  describe("counts the CPUs that a workload can use", () => {
    const perCpu = (evidence: RunEvidence) =>
      tablesOf(runReport(evidence)).find(({ id }) => id === "per-cpu");

    test("in its table and in its answer, where levels differ in them", () => {
      // Of L0's two CPUs and the guests' one, cpu with its one thread uses one at every level.
      expect(perCpu(madeUpEvidence())?.rows.map(({ cells }) => cells.slice(0, 4))).toEqual([
        ["threads", "x86_64-kvm", "L0", "2"],
        ["threads", "x86_64-kvm", "L1", "1"],
        ["threads", "x86_64-kvm", "L2", "1"],
      ]);
      expect(report.answers.map(({ sentence }) => sentence.replace(/:.*/, ""))).toEqual([
        "cpu",
        "threads with 2, 1, 1 CPUs",
      ]);
    });

    test("and has no such table where every level has as many", () => {
      const levels = madeUpLevels().map((level) => ({ ...level, facts: { ...level.facts, cpus: 2 } }));
      expect(perCpu(evidenceOf({ levels }))).toBeUndefined();
    });
  });
});

describe("the table of the course within trials", () => {
  const course = { workload: "oltp", level: 1, trials: 6, intervals: 180, lag1: 0.25, effectiveShare: 0.6 };
  const courses = [
    { ...course, examined: 6, warmUps: 2 },
    { ...course, level: 2, lag1: undefined, effectiveShare: undefined, examined: 0, warmUps: 0 },
  ];
  const tableOf = (evidence: RunEvidence) => tablesOf(runReport(evidence)).find(({ id }) => id === "course");

  test("says how much the intervals of a trial depend on each other, and in how many a warm-up was shown", () => {
    expect(cellsOf(tableOf(madeUpEvidence({ courses })))).toEqual([
      ["oltp", "L1", "6", "180", "0.25", "60.0%", "2 of 6"],
      ["oltp", "L2", "6", "180", "--", "--", "--"],
    ]);
  });

  test("is left out where no trial reported while it ran", () => {
    expect(tableOf(madeUpEvidence({ courses: [] }))).toBeUndefined();
  });
});

describe("the figure of the stack", () => {
  const stackOf = (evidence: RunEvidence) =>
    figuresOf(runReport(evidence)).find((one) => one.kind === "stacks");

  test("has a column for each level, each standing on all that is below it", () => {
    const columns = stackOf(madeUpEvidence())?.stacks ?? [];
    expect(columns.map(({ title, layers }) => [title, layers.map(({ name }) => name)])).toEqual([
      ["L0", ["emulated computer", "L0: Linux with the workload"]],
      ["L1", ["emulated computer", "L0: Linux with kvm_amd", "L1: Linux with the workload"]],
      [
        "L2",
        [
          "emulated computer",
          "L0: Linux with kvm_amd",
          "L1: Linux with kvm_amd",
          "L2: Linux with the workload",
        ],
      ],
    ]);
    expect(columns[1]?.layers[2]?.detail).toBe("1 CPUs, 1.4 GiB, kernel 6.1.0-56-cloud-amd64");
  });

  test("stands on hardware where the hardware is real", () => {
    const [first] = stackOf(madeUpEvidence({ hardware: "real" }))?.stacks ?? [];
    expect(first?.layers[0]).toEqual({ name: "hardware", detail: "QEMU TCG CPU version 2.5+" });
  });

  test("is left out where L0 said nothing of itself", () => {
    const levels = madeUpLevels().filter(({ level }) => level > 0);
    expect(stackOf(evidenceOf({ levels }))).toBeUndefined();
  });
});

describe("the figure of the order", () => {
  test("has every span, and says how many there are, for how long, and how many failed", () => {
    const evidence = madeUpEvidence();
    const figure = figuresOf(runReport(evidence)).find((one) => one.kind === "timeline");
    expect(figure?.spans).toBe(evidence.spans);
    expect(figure?.alt).toMatch(/^48 trials of 4 boot\(s\) over 2\d min \d\d s, 1 of them failed\.$/);
  });
});

describe("the table of levels", () => {
  const table = inventoryTable(madeUpLevels());
  const rowOf = (from: Table, name: string) =>
    from.rows
      .map(({ cells }) => cells)
      .find(([first]) => first === name)
      ?.slice(1)
      .map(cellText);

  test("has one column for each level, under its driver", () => {
    expect(table.columns.map(({ title }) => title)).toEqual([
      "",
      "L0 (qemu-tcg)",
      "L1 (qemu-kvm)",
      "L2 (qemu-kvm)",
    ]);
    for (const { cells } of table.rows) expect(cells).toHaveLength(4);
  });

  test("shows what each machine said of itself", () => {
    expect(rowOf(table, "memory")).toEqual(["2.2 GiB", "1.4 GiB", "721.4 MiB"]);
    expect(rowOf(table, "clock source")).toEqual(["tsc", "kvm-clock", "kvm-clock"]);
    expect(rowOf(table, "hosts by")).toEqual(Array(3).fill("kvm_amd, nested on"));
    expect(rowOf(table, "image")).toEqual(Array(3).fill("666063fc3aa77c24"));
  });

  test("shows -- for what a machine did not say", () => {
    const silent = madeUpLevels().map(
      (level): LevelFacts => ({
        ...level,
        facts: { ...level.facts, ...(level.level === 1 ? { imageId: "", kvm: undefined } : {}) },
      }),
    );
    const id = silent[0]?.facts.imageId;
    expect(rowOf(inventoryTable(silent), "image")).toEqual([id, "--", id]);
    expect(rowOf(inventoryTable(silent), "hosts by")?.[1]).toBe("none");
  });

  test("has no row for what no machine said", () => {
    const silent = madeUpLevels().map(
      (level): LevelFacts => ({ ...level, facts: { ...level.facts, imageId: "" } }),
    );
    expect(rowOf(inventoryTable(silent), "image")).toBeUndefined();
  });
});

test("the timeline has a row for each bring-up, with its sum, and -- for a machine that was not started", () => {
  const table = timelineTable(madeUpLevels(), [
    {
      boot: 1,
      bringUp: 1,
      readySeconds: [4.6, 11.74, 17.25].map((seconds, level) => ({ level, seconds })),
      settleSeconds: 8,
    },
    {
      boot: 2,
      bringUp: 2,
      readySeconds: [4.8, 12].map((seconds, level) => ({ level, seconds })),
      settleSeconds: 8,
    },
  ]);
  expect(table.columns.map(({ title }) => title)).toEqual([
    "bring-up",
    "boot",
    "L0",
    "L1",
    "L2",
    "facts and programs read",
    "whole stack",
  ]);
  expect(cellsOf(table)).toEqual([
    ["1", "1", "4.6 s", "11.7 s", "17.3 s", "8.0 s", "41.6 s"],
    ["2", "2", "4.8 s", "12.0 s", "--", "8.0 s", "24.8 s"],
  ]);
});

describe("the table of nested entries", () => {
  test("shows the least and the most that each hosting level counted", () => {
    const table = depthTable([
      { workload: "cpu", level: 2, host: 0, least: 2901, most: 3104 },
      { workload: "cpu", level: 2, host: 1, least: 0, most: 0 },
    ]);
    expect(cellsOf(table)).toEqual([
      ["cpu", "L2", "L0", "2901", "3104"],
      ["cpu", "L2", "L1", "0", "0"],
    ]);
  });

  test("is left out where nothing was counted", () => {
    expect(depthTable([])).toBeUndefined();
    expect(tablesOf(runReport(madeUpEvidence({ nestedEntries: [] }))).map(({ id }) => id)).not.toContain(
      "depth",
    );
  });
});
