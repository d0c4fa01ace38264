import { describe, expect, test } from "vitest";
import { cellText } from "../../../src/core/document/document.ts";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { allOf } from "../../../src/core/report/parts/report.ts";
import { studyData } from "../../../src/core/study/study.ts";
import { judge, type Observation } from "../../../src/core/trial/observation.ts";
import { planBoots, type Trial } from "../../../src/core/trial/plan.ts";
import { reportOf } from "../../../src/lab/analyse.ts";
import type { MachineRecord, RunRecord } from "../../../src/lab/ports.ts";
import type { Store } from "../../../src/lab/store.ts";
import { memoryStore } from "../../lab/memory-store.ts";
import { fixture } from "../fixture.ts";
import { completed, madeUpObservation } from "../made-up/observation.ts";
import { MADE, madeUpProvenance } from "../made-up/provenance.ts";
import { fixed, madeUpStudy, workload } from "../made-up/study.ts";

const STUDY = madeUpStudy({ levels: 1, repetitions: fixed(1), workloads: [workload("cpu", { threads: 1 })] });
const SEED = 1;
const RUN: RunRecord = {
  id: "2026-01-02-030405-made-up-abc123",
  createdAt: "2026-01-02T03:04:05.000Z",
  study: studyData(STUDY),
  seed: SEED,
  hardware: "emulated",
  timing: "wall",
  provenance: madeUpProvenance({ origin: MADE }),
};
const TRIALS = planBoots(STUDY, SEED).flatMap((boot) => boot.trials);

/** A store that holds these observations, judged, and these machines. */
async function holding(
  observations: readonly Observation[],
  machines: readonly MachineRecord[],
): Promise<Store> {
  const parse = workload("cpu", { threads: 1 }).kind.parse;
  const store = memoryStore();
  await store.addRun(RUN);
  for (const one of machines) await store.addMachine(RUN.id, one);
  for (const one of observations) {
    await store.addObservation(RUN.id, one);
    await store.addOutcome(
      RUN.id,
      { trial: one.trial.id, attempt: one.attempt },
      judge(one, parse, () => []),
    );
  }
  return store;
}

const reportOn = async (
  observations: readonly Observation[],
  machines: readonly MachineRecord[],
  run = RUN,
) => reportOf(run, await holding(observations, machines));

function observed(trial: Trial, stdout = fixture(`sysbench/cpu-L${trial.level}.txt`)): Observation {
  return madeUpObservation({ trial, completed: completed({ stdout }) });
}

function machine(level: number, bringUp: number, facts = fixture(`facts/L${level}.txt`)): MachineRecord {
  return {
    boot: 1,
    bringUp,
    level,
    driver: level === 0 ? "qemu-tcg" : "qemu-kvm",
    argv: ["qemu-system-x86_64"],
    launchedAt: "2026-01-02T03:04:05.000Z",
    readySeconds: 5 + level,
    sinceLaunchSeconds: 5 + 10 * level,
    settleSeconds: 1,
    facts,
    snapshot: { text: "", fromSeconds: 0, toSeconds: 0 },
  };
}

const confined = (cpus: number) => `== confinement
cpuset.cpus.effective=${cpus === 1 ? "0" : `0-${cpus - 1}`}
memory.max=805306368
nproc=${cpus}
`;

/** The rows of one of the report's tables, as text; undefined where it has no such table. */
function tableOf({ sections }: Report, id: string): readonly (readonly string[])[] | undefined {
  const blocks = sections.flatMap((section) => section.blocks);
  const found = blocks.find((block) => block.kind === "table" && block.table.id === id);
  return found?.kind === "table" ? found.table.rows.map(({ cells }) => cells.map(cellText)) : undefined;
}

const complete = TRIALS.map((trial) => observed(trial));
const machines = [machine(0, 1), machine(1, 1)];

describe("a run's report", () => {
  test("holds the run, its label, its machines and each trial's figures", async () => {
    const report = await reportOn(complete, machines);
    expect(report).toMatchObject({
      hardware: "emulated",
      timing: "wall",
      label: expect.stringContaining("EMULATED HARDWARE"),
      title: "A made-up study",
      subject: {
        kind: "run",
        id: RUN.id,
        createdAt: RUN.createdAt,
        seed: SEED,
        planned: 4,
        study: RUN.study,
        provenance: RUN.provenance,
        levels: [
          { level: 0, driver: "qemu-tcg", facts: { cpus: 2 } },
          { level: 1, driver: "qemu-kvm", facts: { cpus: 1 } },
        ],
      },
    });
    expect((await allOf(report.trials)).map((row) => row.trial.id)).toEqual(TRIALS.map((trial) => trial.id));
    expect(report.analysis.cells.map((cell) => cell.throughput.estimate.mean)).toEqual([
      10_000 / 1.8952,
      10_000 / 2.2469,
    ]);
    expect(report.answers.map(({ sentence }) => sentence)).toEqual([
      "cpu: L1 costs 15.7% of L0's throughput (no interval)",
    ]);
  });

  test("has its trials as often as they are asked for", async () => {
    const { trials } = await reportOn(complete, machines);
    expect(await allOf(trials)).toHaveLength(4);
    expect(await allOf(trials)).toEqual(await allOf(trials));
  });

  test("shows when each trial ran, from the first one on, and which failed", async () => {
    const at = ["03:05:00.500", "03:05:10.500", "03:06:00.500", "03:07:00.500"];
    const observations = TRIALS.map((trial, index) => ({
      ...observed(trial, index === 2 ? "nothing" : undefined),
      startedAt: `2026-01-02T${at[index]}Z`,
    }));
    const report = await reportOn(observations, machines);
    const figures = report.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : [])),
    );
    expect(figures.find(({ kind }) => kind === "timeline")).toMatchObject({
      spans: [
        { boot: 1, level: 0, what: "cpu", fromSeconds: 0, toSeconds: 1, failed: false },
        { level: 1, fromSeconds: 10, toSeconds: 11, failed: false },
        { level: 1, fromSeconds: 60, toSeconds: 61, failed: true },
        { level: 0, fromSeconds: 120, toSeconds: 121, failed: false },
      ],
    });
  });

  test("judges with the study's margin", async () => {
    expect((await reportOn(complete, machines)).analysis.margin).toBe(0.02);
    const wide = { ...RUN, study: { ...RUN.study, margin: 0.3 } };
    expect((await reportOn(complete, machines, wide)).analysis.margin).toBe(0.3);
  });

  test("has no label on real hardware", async () => {
    const report = await reportOn(complete, machines, { ...RUN, hardware: "real" });
    expect(report).not.toHaveProperty("label");
  });

  test("names the levels' CPUs where they differ, and only then", async () => {
    const differing = await reportOn(complete, machines);
    expect(differing.notes.join("\n")).toContain("different numbers of CPUs (L0 2, L1 1)");
    const same = [machine(0, 1, fixture("facts/L1.txt")), machine(1, 1)];
    const alike = await reportOn(complete, same);
    expect(alike.notes.join("\n")).not.toContain("CPUs");
  });

  test("says what is not measured yet, and how to go on", async () => {
    const report = await reportOn(complete.slice(0, 3), machines);
    expect(report.notes).toContain(`1 of 4 trials are not measured yet: dvirt resume ${RUN.id}`);
    const whole = await reportOn(complete, machines);
    expect(whole.notes.join("\n")).not.toContain("not measured yet");
  });

  test("counts the attempts that were made again, and shows the one that speaks for its trial", async () => {
    const [first, ...rest] = complete;
    if (first === undefined) throw new Error("the plan has trials");
    const lost = madeUpObservation({
      trial: first.trial,
      completed: completed({ end: { kind: "lost", what: "the hypervisor ended" } }),
    });
    const report = await reportOn([lost, { ...first, attempt: 2, bringUp: 2 }, ...rest], machines);
    expect(report.notes).toContain(
      "1 attempt(s) lost their machine and were made again; what they left is kept (dvirt show)",
    );
    expect(report.analysis.failed).toEqual([]);
    const [row] = await allOf(report.trials);
    expect(row).toMatchObject({ attempt: 2, bringUp: 2, problem: undefined });
    expect((await reportOn(complete, machines)).notes.join("\n")).not.toContain("attempt");
  });

  test("says that L0 is itself a guest, on what is called real hardware and nowhere else", async () => {
    const real = { ...RUN, hardware: "real" } as const;
    const said = "L0 is itself a guest (QEMU Standard PC (i440FX + PIIX, 1996))";
    expect((await reportOn(complete, machines, real)).notes.join("\n")).toContain(said);
    expect((await reportOn(complete, machines)).notes.join("\n")).not.toContain("itself a guest");
    const bare = [machine(0, 1, "== cpuinfo\nflags\t\t: fpu vmx\n"), machine(1, 1)];
    expect((await reportOn(complete, bare, real)).notes.join("\n")).not.toContain("itself a guest");
  });

  test("shows the entries into guests of guests that were counted", async () => {
    const snapshot = (count: number) => `== kvm-counters\nnested_run:${count}\n`;
    const observations = complete.map((one, index) => ({
      ...one,
      evidence: [{ level: 0, before: snapshot(100), after: snapshot(100 + index) }],
    }));
    // The second and the third trial are those at L1.
    expect(tableOf(await reportOn(observations, machines), "depth")).toEqual([["cpu", "L1", "L0", "1", "2"]]);
    expect(tableOf(await reportOn(complete, machines), "depth")).toBeUndefined();
  });

  test("shows the course of the trials that reported while they ran", async () => {
    const store = await holding([], machines);
    const reports: readonly Readonly<Record<string, number>>[] = [
      { intervals: 30, lag1: 0.5, effectiveIntervals: 10, steadyFromInterval: 4 },
      { intervals: 10, lag1: 0.1, effectiveIntervals: 8 },
      { events: 10_000 },
      { intervals: 20, lag1: 0.3, effectiveIntervals: 11, steadyFromInterval: 0 },
    ];
    for (const [index, trial] of TRIALS.entries()) {
      await store.addObservation(RUN.id, observed(trial));
      await store.addOutcome(
        RUN.id,
        { trial: trial.id, attempt: 1 },
        {
          kind: "measured",
          reading: { metrics: { throughput: 5, response: 0.2 }, more: reports[index] ?? {} },
          nestedEntries: [],
          kvm: [],
          doubts: [],
          unknown: [],
        },
      );
    }
    // The first and the last trial are those at L0.
    expect(tableOf(await reportOf(RUN, store), "course")).toEqual([
      ["cpu", "L0", "2", "50", "0.40", "44.2%", "1 of 2"],
      ["cpu", "L1", "1", "10", "0.10", "80.0%", "--"],
    ]);
    expect(tableOf(await reportOn(complete, machines), "course")).toBeUndefined();
  });

  test("draws as many trials as a picture can show, and stops reading there", async () => {
    const repetitions = fixed(200);
    const long = { ...RUN, study: { ...RUN.study, repetitions } };
    const rows = planBoots({ ...STUDY, repetitions }, SEED).flatMap(({ trials }) => trials);
    let read = 0;
    const store = await holding([], machines);
    const many: Store = {
      ...store,
      trials: () => ({
        async *[Symbol.asyncIterator]() {
          for (const [index, trial] of rows.entries()) {
            read += 1;
            const startedAt = new Date(index * 1000).toISOString();
            yield {
              trial,
              attempt: 1,
              bringUp: 1,
              startedAt,
              seconds: 1,
              reading: undefined,
              problem: undefined,
              kvm: [],
              doubts: [],
            };
          }
        },
      }),
    };
    const report = await reportOf(long, many);
    const timeline = report.sections
      .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : [])))
      .find((figure) => figure.kind === "timeline");
    expect(timeline?.spans).toHaveLength(600);
    expect(timeline?.spans.at(-1)?.toSeconds).toBe(600);
    // All of them once for their course, and for the picture the first 600 and one more to know that there are more.
    const once = read;
    expect(once).toBeLessThanOrEqual(rows.length + 601);
    expect(await allOf(report.trials)).toHaveLength(rows.length);
    expect(read).toBe(once + rows.length);
  });

  test("says that a boot was interrupted where it took two bring-ups", async () => {
    const again = [...machines, machine(0, 2), machine(1, 2)];
    const report = await reportOn(complete, again);
    expect(report.notes).toContain("boot 1 was interrupted and went on in a fresh bring-up");
    expect(tableOf(report, "bring-ups")).toEqual([
      ["1", "1", "5.0 s", "6.0 s", "2.0 s", "13.0 s"],
      ["2", "1", "5.0 s", "6.0 s", "2.0 s", "13.0 s"],
    ]);
    const whole = await reportOn(complete, machines);
    expect(whole.notes.join("\n")).not.toContain("interrupted");
  });

  test("keeps a failed trial out of every figure, and names it", async () => {
    const [first, ...rest] = complete;
    if (first === undefined) throw new Error("the plan has trials");
    const report = await reportOn([observed(first.trial, "nothing"), ...rest], machines);
    expect(report.analysis.failed.map(({ trial }) => trial.id)).toEqual([first.trial.id]);
    expect(report.analysis.cells.map((cell) => cell.trials)).toEqual([1, 2]);
    expect(report.notes).toContain("1 trial(s) failed and are in no figure; their raw text is kept");
    const [row] = await allOf(report.trials);
    expect(row).toMatchObject({
      reading: undefined,
      problem: { code: "unexpected-output", at: first.trial.id },
    });
  });

  test("can be had before anything was measured", async () => {
    const report = await reportOn([], []);
    expect(report).toMatchObject({
      subject: { levels: [], planned: 4 },
      analysis: { cells: [], comparisons: [], failed: [] },
    });
    expect(await allOf(report.trials)).toEqual([]);
    expect(tableOf(report, "bring-ups")).toEqual([]);
    expect(report.notes).toContain(`4 of 4 trials are not measured yet: dvirt resume ${RUN.id}`);
  });

  test("can be had of a study that this version cannot read any more", async () => {
    const old = {
      ...RUN,
      study: { ...RUN.study, workloads: [{ name: "cpu", kind: "cpu", params: { threads: 1, gone: true } }] },
    };
    const report = await reportOn(complete, machines, old);
    expect(report.subject).toMatchObject({ planned: 4 });
    expect(report.analysis.cells).toHaveLength(2);
  });
});

describe("the resources of a run", () => {
  const [size, measured] = [
    { cpus: 2, memoryBytes: 1536 * 2 ** 20 },
    { cpus: 1, memoryBytes: 768 * 2 ** 20 },
  ];
  const provenance = madeUpProvenance({
    allotments: [
      { size, measured, workloads: { cpu: { threads: 1 } } },
      { size: measured, measured, pinnedTo: [1], workloads: { cpu: { threads: 1 } } },
    ],
  });
  const following = {
    ...RUN,
    study: { ...RUN.study, workloads: [{ name: "cpu", kind: "cpu", params: { threads: "cpus" } }] },
    provenance,
  };
  const own = (level: number, more: string) => machine(level, 1, `${fixture(`facts/L${level}.txt`)}${more}`);

  test("are shown as they were given and as each machine said, with what expressions came to", async () => {
    const levels = [own(0, confined(1)), own(1, `${confined(1)}== pinning\nvcpu 0=1\n`)];
    const report = await reportOn(complete, levels, following);
    expect(tableOf(report, "resources")).toEqual([
      ["L0", "2", "1.5 GiB", "1", "768 MiB", "CPUs 0, nproc 1, 768 MiB", "--"],
      ["L1", "1", "768 MiB", "1", "768 MiB", "CPUs 0, nproc 1, 768 MiB", "1"],
    ]);
    expect(tableOf(report, "workloads")).toEqual([["cpu", "threads cpus (1)"]]);
  });

  test("of equal measured size are no different numbers of CPUs, whatever hosts them", async () => {
    const numbers = /different numbers of CPUs/;
    const alike = await reportOn(complete, [own(0, confined(1)), own(1, confined(1))], following);
    expect(alike.notes.join("\n")).not.toMatch(numbers);
    expect(tableOf(alike, "per-cpu")).toBeUndefined();
    const unlike = await reportOn(complete, [own(0, confined(2)), own(1, confined(1))], following);
    expect(unlike.notes.join("\n")).toMatch(numbers);
    expect(unlike.notes.join("\n")).toContain("(L0 2, L1 1)");
  });

  test("that the host could not confine are said to be so, with the reason", async () => {
    const levels = [
      own(0, "== confinement\nunconfined=this host has no cgroup v2 at /sys/fs/cgroup\n"),
      own(1, confined(1)),
    ];
    const report = await reportOn(complete, levels, following);
    expect(report.notes).toContain(
      "L0 is not confined to 1 CPU(s) and 768 MiB: this host has no cgroup v2 at /sys/fs/cgroup; what it adds to a layer's cost is in its figures",
    );
    expect(tableOf(report, "resources")?.[0]?.[5]).toBe(
      "not confined: this host has no cgroup v2 at /sys/fs/cgroup",
    );
  });
});
