import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import type { Completed } from "../../src/core/base/command.ts";
import type { Problem } from "../../src/core/base/problem.ts";
import type { Report, TrialRow } from "../../src/core/report/parts/report.ts";
import { allOf } from "../../src/core/report/parts/report.ts";
import { type Observation, trialLost } from "../../src/core/trial/observation.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import { createStack } from "../../src/lab/stack.ts";
import type { Store } from "../../src/lab/store.ts";
import { observationsOf, outcomesOf } from "./kept.ts";
import { type Asked, type Lab, madeUpLab, measure, RUN } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { CPU, OLTP, plannedIds, studyOf } from "./simulated-study.ts";

const SHAPE = { levels: 2, boots: 2, runs: 1 };
const STUDY = studyOf({ ...SHAPE, workloads: [CPU, OLTP] });
const PLAN = plannedIds(SHAPE, ["cpu", "oltp"]);

const answer = (end: Completed["end"], stdout = "", stderr = "") => ({ end, stdout, stderr });
const exited = (code: number, stdout = "", stderr = "") => answer({ kind: "exited", code }, stdout, stderr);

/** The first cpu trial at a level: `b1-up-L…-cpu-1`. */
const firstCpu = (level: number) => (asked: Asked) =>
  asked.workload === "cpu" && asked.level === level && asked.time === 1;

const isScript = (name: string) => (asked: Asked) => asked.command.argv[3] === name;

/** Every attempt at a trial, in the order of storing. */
async function attemptsOf(store: Store, id: string): Promise<readonly Observation[]> {
  return (await observationsOf(store, RUN)).filter((one) => one.trial.id === id);
}

/** The observation of a trial that was attempted once. */
async function observationOf(store: Store, id: string): Promise<Observation> {
  const [only, ...more] = await attemptsOf(store, id);
  if (only === undefined) throw new Error(`${id} is not in the store`);
  expect(more, `${id} was attempted once`).toEqual([]);
  return only;
}

/** `trial#attempt` of every observation, sorted. */
async function attemptsIn(store: Store): Promise<readonly string[]> {
  return (await observationsOf(store, RUN)).map(({ trial, attempt }) => `${trial.id}#${attempt}`).sort();
}

/** What is stored of a plan of which these trials were attempted this often, and all others once. */
const attemptsAt = (attempts: Readonly<Record<string, number>>, plan = PLAN): readonly string[] =>
  plan.flatMap((id) => Array.from({ length: attempts[id] ?? 1 }, (_, index) => `${id}#${index + 1}`)).sort();

async function measuredIds(store: Store): Promise<readonly string[]> {
  const outcomes = [...(await outcomesOf(store, RUN))];
  return outcomes
    .filter(([, outcome]) => outcome.kind === "measured")
    .map(([key]) => key.replace(/#\d+$/, ""))
    .sort();
}

async function trialRow({ trials }: Report, id: string): Promise<TrialRow | undefined> {
  return (await allOf(trials)).find(({ trial }) => trial.id === id);
}

/** The trials that the report has figures of, sorted; its cells rest on as many. */
async function trialsWithFigures({ trials, analysis }: Report): Promise<readonly string[]> {
  const rows = await allOf(trials);
  const ids = rows.flatMap(({ trial, reading }) => (reading === undefined ? [] : [trial.id]));
  expect(analysis.cells.reduce((sum, cell) => sum + cell.trials, 0)).toBe(ids.length);
  return ids.sort();
}

async function expectAllJudgedOnce(
  store: Store,
  attempts: Readonly<Record<string, number>> = {},
): Promise<void> {
  // The store of these tests throws at a second observation or outcome of an attempt.
  expect(await attemptsIn(store)).toEqual(attemptsAt(attempts));
  expect([...(await outcomesOf(store, RUN)).keys()].sort()).toEqual(attemptsAt(attempts));
}

/** Every machine that came up went down again, and never one that still carried another. */
function expectTornDownDeepestFirst({ log }: Lab): void {
  const up: string[] = [];
  for (const entry of log) {
    const [what, machine = ""] = entry.split(" ");
    if (what === "up") up.push(machine);
    else expect(up.pop(), log.join(", ")).toBe(machine);
  }
  expect(up, log.join(", ")).toEqual([]);
}

const bringUpsIn = (lab: Lab) => lab.log.filter((entry) => entry === "up L0").length;
const lostIn = (events: readonly LabEvent[]) => events.filter((event) => event.kind === "stack-lost");

/** The trial of each attempt that was told as lost, in order. */
const lostTrialsIn = (events: readonly LabEvent[]) =>
  events.flatMap((event) => (event.kind === "trial-ended" && event.lost ? [event.trial.id] : []));

const lostNote = (attempts: number) =>
  `${attempts} attempt(s) lost their machine and were made again; what they left is kept (dvirt show)`;
const failedNote = (trials: number) =>
  `${trials} trial(s) failed and are in no figure; their raw text is kept`;

describe("a workload that fails costs its own trial and no other", () => {
  test("sysbench exits 1: the raw text is kept, the trial has failed, and the run goes on", async () => {
    const lab = madeUpLab(STUDY, {
      answer: (asked) =>
        firstCpu(1)(asked)
          ? exited(1, "Initializing worker threads...\n", "FATAL: out of threads\n")
          : undefined,
    });
    const store = memoryStore();
    const { result, events, report } = await measure(STUDY, lab.platform, store);
    expect(result).toEqual({ ok: true, value: "complete" });
    const id = "b1-up-L1-cpu-1";
    expect((await observationOf(store, id)).completed).toMatchObject({
      end: { kind: "exited", code: 1 },
      stdout: "Initializing worker threads...\n",
      stderr: "FATAL: out of threads\n",
    });
    expect((await outcomesOf(store, RUN)).get(`${id}#1`)).toEqual({
      kind: "failed",
      problem: {
        code: "workload-failed",
        at: id,
        what: expect.stringMatching(/sysbench.*exit code 1/),
        evidence: "FATAL: out of threads",
      },
    });
    expect(await measuredIds(store)).toEqual(PLAN.filter((other) => other !== id));
    await expectAllJudgedOnce(store);
    expect(bringUpsIn(lab), "a failed trial needs no fresh bring-up").toBe(SHAPE.boots);
    expect(lostIn(events)).toEqual([]);
    expect(lostTrialsIn(events)).toEqual([]);
    expect(report.notes).toContain(failedNote(1));
    expect(report.notes).not.toContainEqual(expect.stringContaining("lost their machine"));
    expect(report.analysis.failed.map(({ trial }) => trial.id)).toEqual([id]);
    expect(await trialsWithFigures(report)).toEqual(PLAN.filter((other) => other !== id));
    expectTornDownDeepestFirst(lab);
  });

  test("sysbench prints what nobody expected: the same, and the problem says whose output it is", async () => {
    const text = "sysbench 2.0: 997 events per second, and a new layout\n";
    const lab = madeUpLab(STUDY, { answer: (asked) => (firstCpu(1)(asked) ? exited(0, text) : undefined) });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    const id = "b1-up-L1-cpu-1";
    expect((await observationOf(store, id)).completed.stdout).toBe(text);
    expect((await outcomesOf(store, RUN)).get(`${id}#1`)).toMatchObject({
      kind: "failed",
      problem: { code: "unexpected-output", at: id, what: expect.stringContaining("sysbench 2.0") },
    });
    expect(await measuredIds(store)).toEqual(PLAN.filter((other) => other !== id));
    expect(bringUpsIn(lab)).toBe(SHAPE.boots);
  });

  test("the preparation fails: the workload is not run, the cleanup is, and the text says why", async () => {
    let failing = true;
    const asked: string[] = [];
    const lab = madeUpLab(STUDY, {
      answer: (one) => {
        asked.push(one.workload ?? one.command.argv[3] ?? "");
        if (!failing || !isScript("oltp-prepare")(one)) return undefined;
        failing = false;
        return exited(1, "", "mariadbd did not start:\nno space left on device\n");
      },
    });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    const id = "b1-up-L0-oltp-1";
    expect(await observationOf(store, id)).toMatchObject({
      completed: { end: { kind: "not-run" } },
      setupSteps: [
        { phase: "prepare", completed: { end: { kind: "exited", code: 1 } } },
        { phase: "cleanup" },
      ],
    });
    const prepared = asked.indexOf("oltp-prepare");
    expect(asked[prepared + 1]).toBe("oltp-cleanup");
    expect((await outcomesOf(store, RUN)).get(`${id}#1`)).toMatchObject({
      kind: "failed",
      problem: {
        code: "preparation-failed",
        at: id,
        evidence: expect.stringContaining("no space left on device"),
      },
    });
    expect(await measuredIds(store)).toEqual(PLAN.filter((other) => other !== id));
    expect(bringUpsIn(lab)).toBe(SHAPE.boots);
  });

  test("every trial of a workload fails: the other's figures stand, and the report says which have none", async () => {
    const lab = madeUpLab(STUDY, { answer: ({ workload }) => (workload === "cpu" ? exited(1) : undefined) });
    const store = memoryStore();
    const { result, report } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect(await measuredIds(store)).toEqual(PLAN.filter((id) => id.includes("oltp")));
    expect(report.analysis.cells.map(({ workload, level }) => `${workload} L${level}`)).toEqual([
      "oltp L0",
      "oltp L1",
      "oltp L2",
    ]);
    for (const level of [0, 1, 2]) expect(report.notes).toContain(`cpu at L${level}: no trial could be read`);
  });
});

describe("a machine that is lost costs a fresh bring-up, and the trials that are left are measured in it", () => {
  const ends: readonly (readonly [name: string, end: Completed["end"]])[] = [
    ["is lost", { kind: "lost", what: "the hypervisor ended (killed by SIGSEGV)" }],
    ["hangs until the limit", { kind: "timed-out", limitSeconds: 3600 }],
  ];
  const cases = ends.flatMap(([name, end]) => [0, 1, 2].map((level) => [level, name, end] as const));

  test.each(cases)("L%i %s in the middle of a trial", async (level, _, end) => {
    const lab = madeUpLab(STUDY, {
      answer: (asked) => (firstCpu(level)(asked) ? answer(end, "half of the output\n", "") : undefined),
    });
    const store = memoryStore();
    const { result, events, report } = await measure(STUDY, lab.platform, store);
    expect(result).toEqual({ ok: true, value: "complete" });
    const id = `b1-up-L${level}-cpu-1`;
    const attempts = await attemptsOf(store, id);
    expect(attempts).toMatchObject([
      { attempt: 1, bringUp: 1, completed: { end, stdout: "half of the output\n" } },
      { attempt: 2, bringUp: 2, completed: { end: { kind: "exited", code: 0 } } },
    ]);
    const outcomes = await outcomesOf(store, RUN);
    expect(outcomes.get(`${id}#1`)).toMatchObject({
      kind: "failed",
      problem: { code: "workload-failed", at: id },
    });
    expect(outcomes.get(`${id}#2`)).toMatchObject({ kind: "measured" });
    expect(await measuredIds(store)).toEqual(PLAN);
    await expectAllJudgedOnce(store, { [id]: 2 });

    // The same trial was the next, in the fresh bring-up, and nothing ran on the lost machine after it.
    const observations = await observationsOf(store, RUN);
    const at = observations.findIndex(({ trial }) => trial.id === id);
    expect(observations.slice(0, at + 1).every((one) => one.bringUp === 1)).toBe(true);
    expect(observations.slice(at + 1).every((one) => one.bringUp > 1)).toBe(true);
    expect(observations[at + 1]?.trial.id).toBe(id);
    expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
    expectTornDownDeepestFirst(lab);

    expect(lostIn(events)).toEqual([
      {
        kind: "stack-lost",
        boot: 1,
        again: true,
        problem: expect.objectContaining({ code: "machine-lost", at: id }),
      },
    ]);
    if (end.kind === "lost")
      expect(lostIn(events)[0]?.problem.evidence, "its last words").toContain(end.what);
    expect(lostTrialsIn(events)).toEqual([id]);

    // The second attempt speaks for the trial, and the first is told.
    expect(report.analysis.failed).toEqual([]);
    expect(await trialRow(report, id)).toMatchObject({
      attempt: 2,
      bringUp: 2,
      reading: expect.anything(),
      problem: undefined,
    });
    expect(await trialsWithFigures(report)).toEqual(PLAN);
    expect(report.notes).toContain(lostNote(1));
    expect(report.notes).not.toContain(failedNote(1));
    expect(report.notes).toContain("boot 1 was interrupted and went on in a fresh bring-up");
    expect(report.notes).not.toContain("boot 2 was interrupted and went on in a fresh bring-up");
  });

  test.each(ends)(
    "it %s in the cleanup: the reading stands, and the next trial has a fresh bring-up",
    async (_, end) => {
      let pending = true;
      const lab = madeUpLab(STUDY, {
        answer: (asked) => {
          if (!pending || asked.level !== 1 || !isScript("oltp-cleanup")(asked)) return undefined;
          pending = false;
          return answer(end);
        },
      });
      const store = memoryStore();
      const { result, events, report } = await measure(STUDY, lab.platform, store);
      expect(result.ok).toBe(true);
      expect(await measuredIds(store)).toEqual(PLAN);
      await expectAllJudgedOnce(store);
      expect(lostTrialsIn(events), "the trial itself was not lost").toEqual([]);
      expect(lostIn(events)).toMatchObject([{ again: true, problem: { at: "b1-up-L1-oltp-1" } }]);
      expect(report.notes).not.toContainEqual(expect.stringContaining("lost their machine"));
      expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
      expectTornDownDeepestFirst(lab);
    },
  );

  test.each(ends)(
    "it %s in the preparation: the workload is not run there, and is made again afresh",
    async (_, end) => {
      let pending = true;
      const lab = madeUpLab(STUDY, {
        answer: (asked) => {
          if (!pending || asked.level !== 2 || !isScript("oltp-prepare")(asked)) return undefined;
          pending = false;
          return answer(end);
        },
      });
      const store = memoryStore();
      const { result, events, report } = await measure(STUDY, lab.platform, store);
      expect(result.ok).toBe(true);
      const id = "b1-up-L2-oltp-1";
      expect(await attemptsOf(store, id)).toMatchObject([
        { attempt: 1, bringUp: 1, completed: { end: { kind: "not-run" } } },
        { attempt: 2, bringUp: 2, completed: { end: { kind: "exited", code: 0 } } },
      ]);
      expect((await outcomesOf(store, RUN)).get(`${id}#1`)).toMatchObject({
        kind: "failed",
        problem: { code: "preparation-failed", at: id },
      });
      expect(await measuredIds(store)).toEqual(PLAN);
      await expectAllJudgedOnce(store, { [id]: 2 });
      expect(lostTrialsIn(events)).toEqual([id]);
      expect(report.analysis.failed).toEqual([]);
      expect(report.notes).toContain(lostNote(1));
      expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
      expectTornDownDeepestFirst(lab);
    },
  );

  test.each([0, 1, 2])(
    "L%i is lost after a trial at L2: the reading stands, and nothing more runs on that stack",
    async (level) => {
      const id = "b1-up-L2-cpu-1";
      const lab = madeUpLab(STUDY);
      // Between storing a trial and the next one, where no command can notice it.
      const inner = memoryStore();
      let pending = true;
      const store: Store = {
        ...inner,
        addOutcome: async (run, key, outcome) => {
          await inner.addOutcome(run, key, outcome);
          if (key.trial !== id || !pending) return;
          pending = false;
          await lab.lose(level, "killed by SIGKILL");
        },
      };
      const { result, events, report } = await measure(STUDY, lab.platform, store);
      expect(result.ok).toBe(true);
      expect(await measuredIds(store)).toEqual(PLAN);
      await expectAllJudgedOnce(store);
      expect(lostTrialsIn(events)).toEqual([]);
      const observations = await observationsOf(store, RUN);
      const at = observations.findIndex(({ trial }) => trial.id === id);
      expect(observations.slice(0, at + 1).every((one) => one.bringUp === 1)).toBe(true);
      expect(observations.slice(at + 1).every((one) => one.bringUp > 1)).toBe(true);
      expect(lostIn(events)).toEqual([
        {
          kind: "stack-lost",
          boot: 1,
          again: true,
          problem: {
            code: "machine-lost",
            at: observations[at + 1]?.trial.id,
            what: expect.stringContaining("before this trial"),
            evidence: "killed by SIGKILL",
          },
        },
      ]);
      expect(report.notes).toContain("boot 1 was interrupted and went on in a fresh bring-up");
      expect(report.notes).not.toContainEqual(expect.stringContaining("lost their machine"));
      expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
      expectTornDownDeepestFirst(lab);
    },
  );

  test("a trial is lost twice in each boot: its third attempt measures it, and the count begins anew with the next boot", async () => {
    const lab = madeUpLab(STUDY, {
      answer: ({ workload, level, bringUp }) =>
        workload === "cpu" && level === 2 && bringUp % 3 !== 0
          ? answer({ kind: "lost", what: "the hypervisor ended" })
          : undefined,
    });
    const store = memoryStore();
    const { result, events, report } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, true, true]);
    expect(bringUpsIn(lab)).toBe(6);
    expect(await measuredIds(store)).toEqual(PLAN);
    await expectAllJudgedOnce(store, { "b1-up-L2-cpu-1": 3, "b2-up-L2-cpu-1": 3 });
    expect((await attemptsOf(store, "b2-up-L2-cpu-1")).map(({ bringUp }) => bringUp)).toEqual([4, 5, 6]);
    expect(report.analysis.failed).toEqual([]);
    expect(report.notes).toContain(lostNote(4));
    expectTornDownDeepestFirst(lab);
  });

  test("two trials of each boot are lost once: each has a second attempt, and the third bring-up finishes the boot", async () => {
    const lost = new Set<number>();
    const lab = madeUpLab(STUDY, {
      answer: ({ workload, level, time, bringUp }) => {
        // Of cpu at L2 the first and the third execution: on the way up and, after that one again, on the way down.
        if (workload !== "cpu" || level !== 2 || ![1, 3, 5, 7].includes(time)) return undefined;
        lost.add(bringUp);
        return answer({ kind: "lost", what: "the hypervisor ended" });
      },
    });
    const store = memoryStore();
    const { result, events, report } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect([...lost]).toEqual([1, 2, 4, 5]);
    expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, true, true]);
    expect(bringUpsIn(lab)).toBe(6);
    expect(await measuredIds(store)).toEqual(PLAN);
    const twice = ["b1-up", "b1-down", "b2-up", "b2-down"].map((at) => [`${at}-L2-cpu-1`, 2]);
    await expectAllJudgedOnce(store, Object.fromEntries(twice));
    expect(report.notes).toContain(lostNote(4));
    expectTornDownDeepestFirst(lab);
  });

  test("a boot that gets on goes on, however many stacks it loses", async () => {
    const runs = { ...SHAPE, boots: 1, runs: 3 };
    const study = studyOf({ ...runs, workloads: [CPU] });
    const executed = new Map<number, number>();
    const lab = madeUpLab(study, {
      answer: ({ workload, level, bringUp }) => {
        if (workload !== "cpu" || level !== 2) return undefined;
        // Each stack is lost under its second trial at L2, so one more has come to its end each time.
        const times = 1 + (executed.get(bringUp) ?? 0);
        executed.set(bringUp, times);
        return times === 2 ? answer({ kind: "lost", what: "the hypervisor ended" }) : undefined;
      },
    });
    const store = memoryStore();
    const { result, events } = await measure(study, lab.platform, store);
    expect(result.ok).toBe(true);
    // Three trials at L2 on the way up and three on the way down: the last needs no further stack.
    expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, true, true, true]);
    expect(await measuredIds(store)).toEqual(plannedIds(runs, ["cpu"]));
    expectTornDownDeepestFirst(lab);
  });

  test("more losses than a boot may have end the run with the problem, and a resume goes on from there", async () => {
    const runs = { ...SHAPE, boots: 1, runs: 2 };
    const study = studyOf({ ...runs, workloads: [CPU] });
    const plan = plannedIds(runs, ["cpu"]);
    let broken = true;
    const lab = madeUpLab(study, {
      answer: ({ workload, level }) =>
        broken && workload === "cpu" && level === 2
          ? answer({ kind: "lost", what: "the hypervisor ended" })
          : undefined,
    });
    const store = memoryStore();
    const id = "b1-up-L2-cpu-1";
    const first = await measure(study, lab.platform, store);
    expect(first.result).toEqual({
      ok: false,
      problems: [expect.objectContaining({ code: "machine-lost", at: id })],
    });
    expect(lostIn(first.events).map(({ again }) => again)).toEqual([true, true, false]);
    expect(await attemptsOf(store, id)).toMatchObject([
      { attempt: 1, bringUp: 1 },
      { attempt: 2, bringUp: 2 },
      { attempt: 3, bringUp: 3 },
    ]);
    // Both trials at L0 and L1 on the way up, and the one at L2 that has used its attempts up.
    expect(first.report.notes).toContain(`7 of 12 trials are not measured yet: dvirt resume ${RUN}`);
    expect(first.report.analysis.failed.map(({ trial }) => trial.id)).toEqual([id]);
    expectTornDownDeepestFirst(lab);
    broken = false;
    const second = await measure(study, lab.platform, store);
    expect(second.result.ok).toBe(true);
    expect(second.events[0]).toMatchObject({ kind: "run-started", done: 5 });
    expect(await attemptsIn(store), "what has failed for good is not executed again").toEqual(
      attemptsAt({ [id]: 3 }, plan),
    );
    expect(await measuredIds(store)).toEqual(plan.filter((other) => other !== id));
    expect(second.report.analysis.failed.map(({ trial }) => trial.id)).toEqual([id]);
    expect(await trialRow(second.report, id)).toMatchObject({
      attempt: 3,
      problem: { what: expect.stringContaining("the hypervisor ended") },
    });
    expect(second.report.notes).toContain(failedNote(1));
    expect(second.report.notes).toContain(lostNote(2));
    expect(second.report.notes).not.toContainEqual(expect.stringContaining("not measured yet"));
    expectTornDownDeepestFirst(lab);
  });

  test("the third loss of a trial settles it as failed, and the run goes on where the boot has bring-ups left", async () => {
    const id = "b1-up-L2-cpu-1";
    let losses = 0;
    const lab = madeUpLab(STUDY, {
      answer: ({ workload, level }) => {
        if (workload !== "cpu" || level !== 2 || losses === 3) return undefined;
        losses++;
        return answer({ kind: "lost", what: "the hypervisor ended" });
      },
    });
    const store = memoryStore();
    const controller = new AbortController();
    const reason = new Error("SIGINT");
    const stopAtSecondLoss = (event: LabEvent) => {
      if (event.kind === "stack-lost" && losses === 2) controller.abort(reason);
    };
    await expect(measure(STUDY, lab.platform, store, 1, stopAtSecondLoss, controller.signal)).rejects.toBe(
      reason,
    );
    expect((await attemptsOf(store, id)).map(({ attempt }) => attempt)).toEqual([1, 2]);
    // The attempts are the trial's, over all that resume it; the bring-ups are the boot's, anew with each.
    const { result, events, report } = await measure(STUDY, lab.platform, store);
    expect(result).toEqual({ ok: true, value: "complete" });
    expect(lostIn(events).map(({ again }) => again)).toEqual([true]);
    await expectAllJudgedOnce(store, { [id]: 3 });
    expect(await measuredIds(store)).toEqual(PLAN.filter((other) => other !== id));
    expect(report.analysis.failed.map(({ trial }) => trial.id)).toEqual([id]);
    expect(report.notes).toContain(failedNote(1));
    expect(report.notes).toContain(lostNote(2));
    expect(bringUpsIn(lab)).toBe(2 + 1 + SHAPE.boots);
    expectTornDownDeepestFirst(lab);
  });

  test("a trial that failed on a sound machine is settled at once, also after an attempt that was lost", async () => {
    const id = "b1-up-L1-cpu-1";
    const lab = madeUpLab(STUDY, {
      answer: ({ workload, level, time }) => {
        if (workload !== "cpu" || level !== 1 || time > 2) return undefined;
        return time === 1 ? answer({ kind: "lost", what: "the hypervisor ended" }) : exited(1, "", "FATAL\n");
      },
    });
    const store = memoryStore();
    const { result, report } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    await expectAllJudgedOnce(store, { [id]: 2 });
    expect(report.analysis.failed).toMatchObject([{ trial: { id }, problem: { evidence: "FATAL" } }]);
    expect(report.notes).toContain(failedNote(1));
    expect(report.notes).toContain(lostNote(1));
  });

  test("whatever is lost whenever, a run that is resumed ends, with every trial measured or failed for good", async () => {
    const study = studyOf({ levels: 1, boots: 2, workloads: [CPU, OLTP] });
    const plan = plannedIds({ levels: 1, boots: 2, runs: 1 }, ["cpu", "oltp"]);
    const property = fc.asyncProperty(
      fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
      fc.integer({ min: 0, max: 30 }),
      async (dice, percent) => {
        const store = memoryStore();
        const lab = madeUpLab(study, {
          answer: ({ workload, command }) => {
            const { value: die } = dice.next();
            if (die >= percent) return undefined;
            if (die % 4 === 3 && workload !== undefined) return exited(1, "", "FATAL\n");
            const step = workload ?? command.argv[3] ?? command.argv[0];
            return die % 2 === 0
              ? answer({ kind: "lost", what: `lost at ${step}` })
              : answer({ kind: "timed-out", limitSeconds: 60 });
          },
        });
        let [lives, lostAttempts] = [0, 0];
        for (;;) {
          expect(++lives, "a run must get on").toBeLessThan(200);
          const { result, events, report } = await measure(study, lab.platform, store);
          lostAttempts += lostTrialsIn(events).length;
          expectTornDownDeepestFirst(lab);
          if (!result.ok) {
            expect(["machine-lost", "no-answer"]).toContain(result.problems[0]?.code);
            expect(lostIn(events).filter(({ again }) => !again)).toHaveLength(1);
            continue;
          }
          const observations = await observationsOf(store, RUN);
          expect([...new Set(observations.map(({ trial }) => trial.id))].sort()).toEqual(plan);
          for (const id of plan) {
            const attempts = await attemptsOf(store, id);
            expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map((_, index) => index + 1));
            expect(attempts.length).toBeLessThanOrEqual(3);
            const lost = attempts.map(trialLost);
            expect(lost.slice(0, -1), "only what was lost is made again").not.toContain(false);
            if (lost.at(-1)) expect(attempts).toHaveLength(3);
            const bringUps = attempts.map(({ bringUp }) => bringUp);
            expect(new Set(bringUps).size, "each attempt has its own bring-up").toBe(bringUps.length);
          }
          expect(observations.filter(trialLost)).toHaveLength(lostAttempts);
          expect((await outcomesOf(store, RUN)).size).toBe(observations.length);
          const failures = report.analysis.failed.map(({ trial }) => trial.id);
          expect([...(await trialsWithFigures(report)), ...failures].sort()).toEqual(plan);
          return;
        }
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });
});

describe("a machine that does not come up", () => {
  const noBoot = (level: number): Problem => ({
    code: "no-boot",
    at: `L${level}`,
    what: "did not answer within 120 s",
    evidence: "kernel panic",
  });

  test.each([0, 1, 2])(
    "L%i never boots: three bring-ups from L0 on, then the run ends, and all is disposed",
    async (level) => {
      const obstacle = noBoot(level);
      let broken = true;
      const lab = madeUpLab(STUDY, {
        obstacle: (start) => (broken && start.level === level ? obstacle : undefined),
      });
      const store = memoryStore();
      const { result, events, report } = await measure(STUDY, lab.platform, store);
      expect(result).toEqual({ ok: false, problems: [obstacle] });
      expect(lostIn(events)).toEqual(
        [true, true, false].map((again) => ({ kind: "stack-lost", boot: 1, again, problem: obstacle })),
      );
      expect(lab.starts, "each time from L0 on").toHaveLength(3 * (level + 1));
      expectTornDownDeepestFirst(lab);
      // What lies below the machine was measured, once.
      const below = PLAN.filter((id) => id.startsWith("b1-up-") && Number(/L(\d)/.exec(id)?.[1]) < level);
      expect(await measuredIds(store)).toEqual(below);
      const left = PLAN.length - below.length;
      expect(report.notes).toContain(
        `${left} of ${PLAN.length} trials are not measured yet: dvirt resume ${RUN}`,
      );

      broken = false;
      const second = await measure(STUDY, lab.platform, store);
      expect(second.result.ok).toBe(true);
      expect(await measuredIds(store)).toEqual(PLAN);
      await expectAllJudgedOnce(store);
      expectTornDownDeepestFirst(lab);
    },
  );

  test.each([0, 1, 2])(
    "L%i boots in a stack that is brought up afresh, for its parent may be sick: nothing is lost",
    async (level) => {
      let starts = 0;
      const lab = madeUpLab(STUDY, {
        obstacle: (start) => (start.level === level && ++starts === 1 ? noBoot(level) : undefined),
      });
      const store = memoryStore();
      const { result, events, report } = await measure(STUDY, lab.platform, store);
      expect(result.ok).toBe(true);
      expect(lostIn(events)).toEqual([{ kind: "stack-lost", boot: 1, again: true, problem: noBoot(level) }]);
      expect(await measuredIds(store)).toEqual(PLAN);
      await expectAllJudgedOnce(store);
      expect(
        lab.log.filter((entry) => entry.startsWith("up")),
        "whatever lay below it came up afresh too",
      ).toEqual(
        ["up L0", "up L1", "up L2"].slice(0, level).concat(...Array(2).fill(["up L0", "up L1", "up L2"])),
      );
      const interrupted = expect.stringContaining("interrupted");
      if (level === 0) expect(report.notes).not.toContainEqual(interrupted);
      else expect(report.notes, "what lay below was measured under the first").toContainEqual(interrupted);
      expectTornDownDeepestFirst(lab);
    },
  );

  test("its parent is lost while it starts: it is not started on it again, and a fresh bring-up finishes the boot", async () => {
    const lab = madeUpLab(STUDY, {
      obstacle: async ({ bringUp, level }) => {
        if (level !== 2 || bringUp !== 1) return undefined;
        await lab.lose(1, "L1 was killed by SIGKILL");
        return noBoot(2);
      },
    });
    const store = memoryStore();
    const { result, events } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect(lostIn(events)).toEqual([
      {
        kind: "stack-lost",
        boot: 1,
        again: true,
        problem: {
          code: "machine-lost",
          at: "L1",
          what: expect.stringContaining("below L2 was lost while it was starting"),
          evidence: expect.stringContaining("L1 was killed by SIGKILL"),
        },
      },
    ]);
    expect(lab.starts.filter((name) => name === "bring-up 1 L2")).toHaveLength(1);
    expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
    expect(await measuredIds(store)).toEqual(PLAN);
    await expectAllJudgedOnce(store);
    expectTornDownDeepestFirst(lab);
  });

  test("its parent is lost in every start: three bring-ups, then the problem", async () => {
    const lab = madeUpLab(STUDY, {
      obstacle: async ({ level }) => {
        if (level !== 2) return undefined;
        await lab.lose(1, "L1 was killed by SIGKILL");
        return noBoot(2);
      },
    });
    const { result, events } = await measure(STUDY, lab.platform, memoryStore());
    expect(result).toMatchObject({ ok: false, problems: [{ code: "machine-lost", at: "L1" }] });
    expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, false]);
    expect(bringUpsIn(lab)).toBe(3);
    expectTornDownDeepestFirst(lab);
  });

  test("it comes up and runs no command: three bring-ups, then the problem", async () => {
    const lab = madeUpLab(STUDY, {
      answer: ({ command, level }) =>
        level === 2 && command.argv[0] === "true"
          ? answer({ kind: "timed-out", limitSeconds: 60 })
          : undefined,
    });
    const { result, events } = await measure(STUDY, lab.platform, memoryStore());
    expect(result).toMatchObject({ ok: false, problems: [{ code: "no-answer", at: "L2" }] });
    expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, false]);
    expect(bringUpsIn(lab)).toBe(3);
    expectTornDownDeepestFirst(lab);
  });

  test("it answers at the third bring-up: nothing is lost", async () => {
    const lab = madeUpLab(STUDY, {
      answer: ({ command, level, bringUp }) =>
        level === 1 && bringUp < 3 && command.argv[0] === "true"
          ? answer({ kind: "timed-out", limitSeconds: 60 })
          : undefined,
    });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect(await measuredIds(store)).toEqual(PLAN);
    await expectAllJudgedOnce(store);
    expect(bringUpsIn(lab)).toBe(2 + SHAPE.boots);
    expectTornDownDeepestFirst(lab);
  });

  test("a capability that is missing is told at once, because another bring-up would not bring it", async () => {
    const problem: Problem = {
      code: "no-nested-kvm",
      at: "L2",
      what: "kvm_intel.nested is N",
      hint: "modprobe kvm_intel nested=1",
    };
    const lab = madeUpLab(STUDY, { check: (level) => (level === 2 ? [problem] : []) });
    const { result, events } = await measure(STUDY, lab.platform, memoryStore());
    expect(result).toEqual({ ok: false, problems: [problem] });
    expect(lostIn(events).map(({ again }) => again)).toEqual([false]);
    expect(bringUpsIn(lab)).toBe(1);
    expectTornDownDeepestFirst(lab);
  });

  test("a driver that throws is a bug: it is thrown on, and all is disposed before", async () => {
    const lab = madeUpLab(STUDY, {
      obstacle: ({ level }) => {
        if (level === 2) throw new Error("a bug in the driver");
        return undefined;
      },
    });
    await expect(measure(STUDY, lab.platform, memoryStore())).rejects.toThrow("a bug in the driver");
    expect(lab.log).toContain("up L1");
    expectTornDownDeepestFirst(lab);
  });
});

describe("a stack", () => {
  const { signal } = new AbortController();

  function stackOf() {
    const lab = madeUpLab(STUDY);
    const stack = createStack({
      base: lab.platform.base,
      steps: lab.platform.steps(undefined),
      clock: systemClock,
      emit: () => {},
      onMachine: async () => [],
    });
    return { lab, stack };
  }

  test.each([0, 1, 2])(
    "that lost L%i takes it and what is deeper down first, and keeps the rest",
    async (level) => {
      const { lab, stack } = stackOf();
      expect((await stack.reach(2, signal)).ok).toBe(true);
      await lab.lose(level, "killed");
      expect((await stack.reach(2, signal)).ok).toBe(true);
      const levels = [0, 1, 2].filter((own) => own >= level);
      expect(lab.log).toEqual([
        "up L0",
        "up L1",
        "up L2",
        ...levels.toReversed().map((own) => `down L${own}`),
        ...levels.map((own) => `up L${own}`),
      ]);
      expect(await stack.diagnose()).toBe(undefined);
      await stack.dispose();
      expectTornDownDeepestFirst(lab);
    },
  );

  test("says what the shallowest machine that was lost last said", async () => {
    const { lab, stack } = stackOf();
    await stack.reach(2, signal);
    expect(await stack.diagnose()).toBe(undefined);
    await lab.lose(2, "the deeper one");
    expect(await stack.diagnose()).toBe("the deeper one");
    await lab.lose(1, "the shallower one");
    expect(await stack.diagnose()).toBe("the shallower one");
    await stack.dispose();
  });
});

describe("an abort", () => {
  const reason = new Error("SIGINT");

  /** Aborts some time after an event, then runs the rest without. */
  async function abortedThenResumed(at: (event: LabEvent) => boolean, delaySeconds: number) {
    const store = memoryStore();
    const controller = new AbortController();
    const lab = madeUpLab(STUDY, { commandSeconds: 0.02 });
    const onEvent = (event: LabEvent) => {
      if (at(event)) setTimeout(() => controller.abort(reason), delaySeconds * 1000);
    };
    await expect(measure(STUDY, lab.platform, store, 1, onEvent, controller.signal)).rejects.toBe(reason);
    expectTornDownDeepestFirst(lab);
    const kept = (await observationsOf(store, RUN)).map(({ trial }) => trial.id);
    expect([...(await outcomesOf(store, RUN)).keys()], "what is stored is judged").toEqual(
      kept.map((id) => `${id}#1`),
    );
    expect(await measuredIds(store), "and nothing of it is half").toEqual([...kept].sort());
    const fresh = madeUpLab(STUDY);
    const { result } = await measure(STUDY, fresh.platform, store);
    expect(result.ok).toBe(true);
    expect(await measuredIds(store)).toEqual(PLAN);
    return { lab, kept };
  }

  // Preparation, snapshots, workload, snapshots and cleanup of an oltp trial take 20 ms each.
  test.each([0, 0.01, 0.03, 0.05, 0.07, 0.09])(
    "%f s into a trial rejects with its reason, disposes deepest first and stores nothing half",
    async (delaySeconds) => {
      const id = "b1-up-L2-oltp-1";
      const { lab, kept } = await abortedThenResumed(
        (event) => event.kind === "trial-started" && event.trial.id === id,
        delaySeconds,
      );
      expect(kept).not.toContain(id);
      expect(lab.log).toEqual(["up L0", "up L1", "up L2", "down L2", "down L1", "down L0"]);
    },
  );

  test.each([0, 0.01, 0.03])("%f s into a bring-up does the same", async (delaySeconds) => {
    const { lab, kept } = await abortedThenResumed(
      (event) => event.kind === "machine-starting" && event.level === 1,
      delaySeconds,
    );
    expect(kept.sort()).toEqual(["b1-up-L0-cpu-1", "b1-up-L0-oltp-1"]);
    expect(lab.log).not.toContain("up L2");
  });

  test("before the first boot starts no machine", async () => {
    const lab = madeUpLab(STUDY);
    const store = memoryStore();
    await expect(measure(STUDY, lab.platform, store, 1, () => {}, AbortSignal.abort(reason))).rejects.toBe(
      reason,
    );
    expect(lab.log).toEqual([]);
    expect(await observationsOf(store, RUN)).toEqual([]);
  });
});

test("an observation that a killed run left without an outcome is judged from its raw text, and not measured again", async () => {
  const store = memoryStore();
  const controller = new AbortController();
  const dying: Store = {
    ...store,
    addOutcome: async (run, key, outcome) => {
      if (key.trial === "b1-up-L1-cpu-1") throw new Error("killed here");
      await store.addOutcome(run, key, outcome);
    },
  };
  const lab = madeUpLab(STUDY);
  await expect(measure(STUDY, lab.platform, dying, 1, () => {}, controller.signal)).rejects.toThrow(
    "killed here",
  );
  expectTornDownDeepestFirst(lab);
  expect((await outcomesOf(store, RUN)).has("b1-up-L1-cpu-1#1")).toBe(false);
  const before = await observationOf(store, "b1-up-L1-cpu-1");
  const { result } = await measure(STUDY, madeUpLab(STUDY).platform, store);
  expect(result.ok).toBe(true);
  expect(await observationOf(store, "b1-up-L1-cpu-1")).toEqual(before);
  expect(await measuredIds(store)).toEqual(PLAN);
});

test("a resumed run numbers its bring-ups on, without gaps for the boots that were complete", async () => {
  const study = studyOf({ levels: 0, boots: 4, workloads: [CPU] });
  const store = memoryStore();
  const controller = new AbortController();
  const stopAtBoot3 = (event: LabEvent) => {
    if (event.kind === "trial-ended" && event.trial.boot === 3) controller.abort(new Error("SIGINT"));
  };
  await expect(
    measure(study, madeUpLab(study).platform, store, 1, stopAtBoot3, controller.signal),
  ).rejects.toThrow();
  expect((await measure(study, madeUpLab(study).platform, store)).result.ok).toBe(true);
  // Boots 1 and 2 whole, boot 3 in two bring-ups, boot 4 whole.
  expect((await store.machines(RUN)).map(({ boot, bringUp }) => [boot, bringUp])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
    [3, 4],
    [4, 5],
  ]);
});
