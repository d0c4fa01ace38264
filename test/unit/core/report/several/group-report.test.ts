import { describe, expect, test } from "vitest";
import { judged } from "../../../../../src/core/analysis/analysis.ts";
import { TIMING_LABELS } from "../../../../../src/core/base/timing.ts";
import { cellText, type Table } from "../../../../../src/core/document/document.ts";
import type { BarFigure, Figure } from "../../../../../src/core/document/figure.ts";
import { allOf, LABELS, type Report } from "../../../../../src/core/report/parts/report.ts";
import { groupReport } from "../../../../../src/core/report/several/group-report.ts";
import { groupStudyText } from "../../../../../src/core/report/several/group-sections.ts";
import { parseStudies, studyData } from "../../../../../src/core/study/study.ts";
import { csv } from "../../../../../src/outputs/csv.ts";
import { markdown } from "../../../../../src/outputs/markdown.ts";
import { terminalText } from "../../../../../src/outputs/terminal.ts";
import { workloads } from "../../../../../src/workloads/index.ts";
import { expectGolden } from "../../../golden.ts";
import {
  EMULATED,
  GROUP,
  madeUpGroup,
  madeUpGroupEvidence,
  madeUpMemberRun,
  REAL,
} from "../../../made-up/group.ts";
import { madeUpPlatform } from "../../../made-up/platform.ts";
import { fixed } from "../../../made-up/study.ts";
import { rendered } from "../../../outputs/rendered.ts";

const blocksOf = (report: Report) => report.sections.flatMap(({ blocks }) => blocks);
const tablesOf = (report: Report): readonly Table[] =>
  blocksOf(report).flatMap((block) => (block.kind === "table" ? [block.table] : []));
const figuresOf = (report: Report): readonly Figure[] =>
  blocksOf(report).flatMap((block) => (block.kind === "figure" ? [block.figure] : []));

function tableNamed(report: Report, id: string): Table {
  const found = tablesOf(report).find((table) => table.id === id);
  if (found === undefined) throw new Error(`the report has no table ${id}`);
  return found;
}

function barsNamed(report: Report, id: string): BarFigure {
  const found = figuresOf(report).find((figure) => figure.id === id);
  if (found?.kind !== "bars") throw new Error(`the report has no bars ${id}`);
  return found;
}

const texts = (table: Table) => table.rows.map(({ cells }) => cells.map(cellText));
const doubtOf = (table: Table, row: number, column: number) => {
  const cell = table.rows[row]?.cells[column];
  return typeof cell === "object" ? cell.doubt : undefined;
};

describe("the report of a group", () => {
  test("is what it was", async () => {
    expectGolden("group/report.md", await rendered(markdown, madeUpGroup(), "report.md"));
    expectGolden("group/terminal.txt", `${terminalText(madeUpGroup())}\n`);
  });

  test("has what each run's report says of its platform alone, such as what one event costs there", () => {
    const evidence = madeUpGroupEvidence();
    const probe = {
      probe: "syscall",
      level: 0,
      seconds: { n: 2, mean: 1e-7, standardError: 1e-9 },
      loopSeconds: 1e-9,
      ticks: undefined,
      ratios: [],
    };
    const members = evidence.members.map(({ study, run }) =>
      run === undefined ? { study } : { study, run: { ...run, probeCosts: [probe] } },
    );
    const titles = groupReport({ ...evidence, members }).sections.map(({ title }) => title);
    for (const platform of [REAL, EMULATED].map(({ study }) => study.platform)) {
      expect(titles).toContain(`What one event costs by itself: ${platform}`);
      expect(titles).toContain(`Evidence: ${platform}`);
    }
  });

  test("has the study's table with a row for every platform and level, and says of each empty one why", () => {
    const report = madeUpGroup();
    const cpu = tableNamed(report, "cpu-results");
    expect(texts(cpu).map(([platform, level]) => `${platform} ${level}`)).toEqual([
      ...["x86_64-kvm L0", "x86_64-kvm L1", "x86_64-kvm L2"],
      ...["s390x-made-up L0", "s390x-made-up L1", "s390x-made-up L2"],
    ]);
    expect(texts(cpu)[5]?.slice(2)).toEqual(cpu.columns.slice(2).map(() => "--"));
    expect(doubtOf(cpu, 5, 2)).toBe("the study goes to L1 on s390x-made-up");
    const threads = tableNamed(report, "threads-results");
    expect(doubtOf(threads, 3, 2)).toBe("the study has no threads on s390x-made-up");
  });

  test("sets what each level keeps of its own platform's L0 side by side, with each platform's verdict", () => {
    const report = madeUpGroup();
    const table = tableNamed(report, "relative");
    expect(table.columns.map(({ title }) => title)).toEqual([
      ...["workload", "levels", "x86_64-kvm", "verdict", "s390x-made-up", "verdict"],
    ]);
    const [first] = texts(table);
    expect(first?.[2]).toMatch(/^0\.9[45]\d /);
    expect(first?.[3]).toBe("slower");
    expect(first?.[4]).toMatch(/^0\.[45]\d\d /);
    const { panels } = barsNamed(report, "cpu-relative");
    expect(panels[0]?.bars.map(({ platform, level }) => `${platform} ${level}`)).toEqual([
      ...["x86_64-kvm L0", "x86_64-kvm L1", "x86_64-kvm L2", "s390x-made-up L0", "s390x-made-up L1"],
    ]);
    const values = panels[0]?.bars.map(({ value }) => value) ?? [];
    for (const [index, truth] of [1, 0.95, 0.8, 1, 0.5].entries()) {
      expect(values[index]).toBeCloseTo(truth, 1);
    }
  });

  test("shows no absolute figures of unlike machines without saying why they are not to be compared", () => {
    const report = madeUpGroup();
    for (const id of ["cpu-results", "threads-results"]) {
      expect(tableNamed(report, id).footnotes).toEqual([
        expect.stringMatching(/^UNLIKE MACHINES: .*differ in platform, hardware, architecture, processor/),
      ]);
    }
    for (const id of ["cpu-throughput", "cpu-response"]) {
      const { label, panels } = barsNamed(report, id);
      expect(label).toMatch(
        /^UNLIKE MACHINES \(x86_64-kvm is real hardware, s390x-made-up is emulated hardware\)/,
      );
      // No axis has two platforms on it.
      for (const { bars } of panels) expect(new Set(bars.map(({ platform }) => platform)).size).toBe(1);
    }
    const [note] = report.notes;
    expect(note).toContain("hardware (real / emulated), as an emulator's speed is not a processor's");
    expect(note).toMatch(/architecture \(x86_64 \/ s390x\)/);
    expect(note).toContain("cpu is another workload there (events 10000 / 100)");
    expect(terminalText(report)).toContain("UNLIKE MACHINES");
  });

  test("labels figures of mixed hardware with what each platform is", () => {
    const report = madeUpGroup();
    expect(report.hardware).toBe("mixed");
    expect(report.label).toMatch(
      /^MIXED HARDWARE: x86_64-kvm is real hardware, s390x-made-up is emulated hardware\. /,
    );
    for (const figure of figuresOf(report).filter(({ id }) => !/-(x86_64-kvm|s390x-made-up)$/.test(id))) {
      expect(figure.label, figure.id).toMatch(/is emulated/);
    }
  });

  test.each(["real", "emulated", "simulated"] as const)(
    "has the label of %s hardware where all are",
    (hardware) => {
      const report = madeUpGroup([
        { ...REAL, hardware },
        { ...EMULATED, hardware },
      ]);
      expect(report.hardware).toBe(hardware);
      expect(report.label).toBe(LABELS[hardware]);
    },
  );

  test("labels figures of unlike seconds too, and says why those are not compared", () => {
    const report = madeUpGroup([
      { ...REAL, hardware: "emulated" },
      { ...EMULATED, timing: "functional" },
    ]);
    expect(report).toMatchObject({ hardware: "emulated", timing: "mixed" });
    expect(report.label).toContain("s390x-made-up is emulated hardware, functional only");
    expect(report.notes[0]).toContain("seconds (wall / functional), as a counted second");
    const counted = madeUpGroup(
      [REAL, EMULATED].map((one) => ({ ...one, hardware: "emulated", timing: "counted" })),
    );
    expect(counted.label).toBe(TIMING_LABELS.counted);
  });

  test("adjusts p over the comparisons of all platforms", () => {
    const report = madeUpGroup();
    const alone = [REAL, EMULATED].map(madeUpMemberRun);
    const all = alone.flatMap(({ analysis }) => analysis.comparisons);
    expect(report.analysis.comparisons).toEqual(judged(all, 0.02));
    const [p, own] = [report, alone[0]].map((one) => one?.analysis.comparisons[0]?.holmP ?? Number.NaN);
    expect(p).toBeGreaterThan(own ?? Number.NaN);
  });

  test("divides what platforms keep by each other only where hardware and workload are the same", () => {
    const divided = madeUpGroup([
      REAL,
      {
        ...EMULATED,
        hardware: "real",
        study: { ...REAL.study, platform: "s390x-made-up" },
        kept: [1, 0.5, 0.2],
      },
    ]);
    expect(divided.sections.find(({ id }) => id === "changes")?.title).toBe("Against x86_64-kvm");
    expect(texts(tableNamed(divided, "changes-relative"))[0]?.slice(0, 3)).toEqual([
      ...["cpu", "s390x-made-up", "L1"],
    ]);
    expect(madeUpGroup().sections.map(({ id }) => id)).not.toContain("changes");
  });

  test("of a platform that has not begun says so, and how to go on", () => {
    const [first, second] = madeUpGroupEvidence().members;
    if (first === undefined || second === undefined) throw new Error("there are two");
    const report = groupReport({ ...madeUpGroupEvidence(), members: [first, { study: second.study }] });
    expect(report.notes[0]).toBe(`s390x-made-up has not begun: dvirt resume ${GROUP}`);
    expect(doubtOf(tableNamed(report, "cpu-results"), 3, 2)).toBe("s390x-made-up has not begun");
    expect(report).toMatchObject({ hardware: "real", subject: { members: [{ hardware: "real" }, {}] } });
    expect(report.answers[0]?.sentence).toMatch(/^cpu on x86_64-kvm, reserved/);
    // One machine alone is like itself.
    expect(terminalText(report)).not.toContain("UNLIKE MACHINES");
  });

  test("of a run that has no figures yet says that, and warns of nothing", () => {
    const report = madeUpGroup([
      REAL,
      { ...EMULATED, study: { ...EMULATED.study, repetitions: fixed(0) }, levels: [] },
    ]);
    expect(doubtOf(tableNamed(report, "cpu-results"), 3, 2)).toBe("not measured yet on s390x-made-up");
    expect(terminalText(report)).not.toContain("UNLIKE MACHINES");
    expect(report.notes.join()).not.toContain("not known");
  });

  test("of nothing that has begun is a report all the same", () => {
    const members = madeUpGroupEvidence().members.map(({ study }) => ({ study }));
    const report = groupReport({ ...madeUpGroupEvidence(), members });
    expect(report.notes).toHaveLength(2);
    expect(report.label).toBeUndefined();
    expect(figuresOf(report)).toEqual([]);
  });

  test("names no table and no figure twice", () => {
    const report = madeUpGroup();
    for (const ids of [tablesOf(report).map(({ id }) => id), figuresOf(report).map(({ id }) => id)]) {
      expect(new Set(ids).size).toBe(ids.length);
    }
    const sections = report.sections.map(({ id }) => id);
    expect(new Set(sections).size).toBe(sections.length);
  });

  test("ends with the study file that gives its studies again", () => {
    const studies = [REAL, EMULATED].map(({ study }) => studyData(study));
    const read = parseStudies(groupStudyText(studies), "study.yaml", {
      workloads,
      platforms: ["x86_64-kvm", "s390x-made-up"].map((name) => madeUpPlatform(name)),
    });
    expect(read.ok && read.value.map(studyData)).toEqual(studies);
  });
});

test("the rows of a group's files say whose they are", async () => {
  const report = madeUpGroup();
  const rows = async (name: string) => (await rendered(csv, report, name)).trimEnd().split("\r\n").slice(1);
  for (const name of ["tables.csv", "comparisons.csv", "trials.csv"]) {
    const origins = new Set((await rows(name)).map((row) => row.split(",").slice(0, 3).join(" ")));
    expect([...origins], name).toEqual([
      `${GROUP}-x86_64-kvm real wall`,
      `${GROUP}-s390x-made-up emulated wall`,
    ]);
  }
  expect((await rows("trials.csv")).length).toBe((await allOf(report.trials)).length);
});
