import { describe, expect, test } from "vitest";
import { judge, type Observation, trialLost } from "../../../src/core/observation.ts";
import { planBoots, type Trial } from "../../../src/core/plan.ts";
import { studyData } from "../../../src/core/study.ts";
import { reportOf } from "../../../src/lab/analyse.ts";
import { type MachineRecord, type RunRecord, type Store, verdictKey } from "../../../src/lab/ports.ts";
import { workloads } from "../../../src/workloads/index.ts";
import { fixture } from "../fixture.ts";
import { completed, madeUpObservation } from "../made-up/observation.ts";
import { madeUpStudy, workload } from "../made-up/study.ts";

const STUDY = madeUpStudy({ levels: 1, boots: 1, workloads: [workload("cpu", { threads: 1 })] });
const SEED = 1;
const RUN: RunRecord = {
  id: "2026-01-02-030405-made-up-abc123",
  createdAt: "2026-01-02T03:04:05.000Z",
  study: studyData(STUDY),
  seed: SEED,
  hardware: "emulated",
  record: { dvirt: "0.1.0" },
};
const TRIALS = planBoots(STUDY, SEED).flatMap((boot) => boot.trials);

/** A store that holds these observations, judged, and these machines. */
function holding(observations: readonly Observation[], machines: readonly MachineRecord[]): Store {
  const parse = workload("cpu", { threads: 1 }).parse;
  const refuse = async () => {
    throw new Error("a report only reads");
  };
  return {
    addRun: refuse,
    runs: async () => [RUN],
    addMachine: refuse,
    machines: async () => machines,
    addObservation: refuse,
    observations: async () => observations,
    attempts: async () =>
      observations.map((one) => ({ trial: one.trial.id, attempt: one.attempt, lost: trialLost(one) })),
    addVerdict: refuse,
    verdicts: async () =>
      new Map(
        observations.map((one) => [
          verdictKey({ trial: one.trial.id, attempt: one.attempt }),
          judge(one, parse),
        ]),
      ),
    close: async () => {},
  };
}

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
    facts,
  };
}

const complete = TRIALS.map((trial) => observed(trial));
const machines = [machine(0, 1), machine(1, 1)];

describe("a run's report", () => {
  test("holds the run, its label, its machines and each trial's figures", async () => {
    const report = await reportOf(RUN, holding(complete, machines), workloads);
    expect(report).toMatchObject({
      run: RUN.id,
      seed: SEED,
      hardware: "emulated",
      label: expect.stringContaining("EMULATED HARDWARE"),
      planned: 4,
      levels: [
        { level: 0, driver: "qemu-tcg", facts: { cpus: 2 } },
        { level: 1, driver: "qemu-kvm", facts: { cpus: 1 } },
      ],
      bringUps: [
        {
          boot: 1,
          bringUp: 1,
          readySeconds: [
            { level: 0, seconds: 5 },
            { level: 1, seconds: 6 },
          ],
        },
      ],
    });
    expect(report.trials.map((row) => row.trial.id)).toEqual(TRIALS.map((trial) => trial.id));
    expect(report.analysis.cells.map((cell) => cell.throughput.estimate.mean)).toEqual([
      10_000 / 1.8952,
      10_000 / 2.2469,
    ]);
    expect(report.answers).toEqual(["cpu: throughput relative to L0: L1 0.843"]);
  });

  test("has no label on real hardware", async () => {
    const report = await reportOf({ ...RUN, hardware: "real" }, holding(complete, machines), workloads);
    expect(report).not.toHaveProperty("label");
  });

  test("names the levels' CPUs where they differ, and only then", async () => {
    const differing = await reportOf(RUN, holding(complete, machines), workloads);
    expect(differing.notes.join("\n")).toContain("different numbers of CPUs (L0 2, L1 1)");
    const same = [machine(0, 1, fixture("facts/L1.txt")), machine(1, 1)];
    const alike = await reportOf(RUN, holding(complete, same), workloads);
    expect(alike.notes.join("\n")).not.toContain("CPUs");
  });

  test("says what is not measured yet, and how to go on", async () => {
    const report = await reportOf(RUN, holding(complete.slice(0, 3), machines), workloads);
    expect(report.notes).toContain(`1 of 4 trials are not measured yet: dvirt resume ${RUN.id}`);
    const whole = await reportOf(RUN, holding(complete, machines), workloads);
    expect(whole.notes.join("\n")).not.toContain("not measured yet");
  });

  test("says that a boot was interrupted where it took two bring-ups", async () => {
    const again = [...machines, machine(0, 2), machine(1, 2)];
    const report = await reportOf(RUN, holding(complete, again), workloads);
    expect(report.notes).toContain("boot 1 was interrupted and went on in a fresh bring-up");
    expect(report.bringUps.map((one) => one.bringUp)).toEqual([1, 2]);
    const whole = await reportOf(RUN, holding(complete, machines), workloads);
    expect(whole.notes.join("\n")).not.toContain("interrupted");
  });

  test("keeps a failed trial out of every figure, and names it", async () => {
    const [first, ...rest] = complete;
    if (first === undefined) throw new Error("the plan has trials");
    const report = await reportOf(
      RUN,
      holding([observed(first.trial, "nothing"), ...rest], machines),
      workloads,
    );
    expect(report.analysis.failed.map(({ trial }) => trial.id)).toEqual([first.trial.id]);
    expect(report.analysis.cells.flatMap((cell) => cell.trials)).not.toContain(first.trial.id);
    expect(report.notes).toContain("1 trial(s) failed and are in no figure; their raw text is kept");
    expect(report.trials[0]?.problem).toContain("error[unexpected-output]");
    expect(report.trials[0]?.reading).toBeUndefined();
  });

  test("can be had before anything was measured", async () => {
    const report = await reportOf(RUN, holding([], []), workloads);
    expect(report).toMatchObject({
      trials: [],
      levels: [],
      bringUps: [],
      planned: 4,
      analysis: { cells: [] },
    });
  });

  test("can be had of a study that this version cannot read any more", async () => {
    const old = { ...RUN, study: { ...RUN.study, workloads: [{ name: "cpu", threads: 1, gone: true }] } };
    const report = await reportOf(old, holding(complete, machines), workloads);
    expect(report.planned).toBe(4);
    expect(report.analysis.cells).toHaveLength(2);
  });
});
