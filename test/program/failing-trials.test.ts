import { describe, expect, test } from "vitest";
import type { Completed } from "../../src/core/command.ts";
import type { Observation } from "../../src/core/observation.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import type { Store } from "../../src/lab/ports.ts";
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

async function observationOf(store: Store, id: string): Promise<Observation> {
  const found = (await store.observations(RUN)).find((one) => one.trial.id === id);
  if (found === undefined) throw new Error(`${id} is not in the store`);
  return found;
}

async function measuredIds(store: Store): Promise<readonly string[]> {
  const verdicts = [...(await store.verdicts(RUN))];
  return verdicts
    .filter(([, verdict]) => verdict.kind === "measured")
    .map(([id]) => id)
    .sort();
}

async function expectAllJudgedOnce(store: Store): Promise<void> {
  // The store of these tests throws at a second observation or verdict of a trial.
  expect((await store.observations(RUN)).map(({ trial }) => trial.id).sort()).toEqual(PLAN);
  expect([...(await store.verdicts(RUN)).keys()].sort()).toEqual(PLAN);
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
    expect((await store.verdicts(RUN)).get(`${id}#1`)).toEqual({
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
    expect(report.notes).toContain("1 trial(s) failed and are in no figure; their raw text is kept");
    expect(report.analysis.failed.map(({ trial }) => trial.id)).toEqual([id]);
    expect(report.analysis.cells.flatMap((cell) => cell.trials)).not.toContain(id);
    expectTornDownDeepestFirst(lab);
  });

  test("sysbench prints what nobody expected: the same, and the problem says what is missing", async () => {
    const text = "sysbench 2.0: 997 events per second, and a new layout\n";
    const lab = madeUpLab(STUDY, { answer: (asked) => (firstCpu(1)(asked) ? exited(0, text) : undefined) });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    const id = "b1-up-L1-cpu-1";
    expect((await observationOf(store, id)).completed.stdout).toBe(text);
    expect((await store.verdicts(RUN)).get(`${id}#1`)).toMatchObject({
      kind: "failed",
      problem: { code: "unexpected-output", at: id, what: expect.stringContaining("total number of events") },
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
      steps: [{ phase: "prepare", completed: { end: { kind: "exited", code: 1 } } }, { phase: "cleanup" }],
    });
    const prepared = asked.indexOf("oltp-prepare");
    expect(asked[prepared + 1]).toBe("oltp-cleanup");
    expect((await store.verdicts(RUN)).get(`${id}#1`)).toMatchObject({
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
    const observation = await observationOf(store, id);
    expect(observation).toMatchObject({ bringUp: 1, completed: { end, stdout: "half of the output\n" } });
    expect((await store.verdicts(RUN)).get(`${id}#1`)).toMatchObject({
      kind: "failed",
      problem: { code: "workload-failed", at: id },
    });
    expect(await measuredIds(store)).toEqual(PLAN.filter((other) => other !== id));
    await expectAllJudgedOnce(store);

    // The next trial of the boot ran in the fresh bring-up, and none ran on the lost machine after it.
    const observations = await store.observations(RUN);
    const at = observations.findIndex(({ trial }) => trial.id === id);
    expect(observations.slice(0, at + 1).every((one) => one.bringUp === 1)).toBe(true);
    expect(observations.slice(at + 1).every((one) => one.bringUp > 1)).toBe(true);
    expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
    expectTornDownDeepestFirst(lab);

    expect(lostIn(events)).toEqual([
      { kind: "stack-lost", again: true, problem: expect.objectContaining({ code: "machine-lost", at: id }) },
    ]);
    if (end.kind === "lost")
      expect(lostIn(events)[0]?.problem.evidence, "its last words").toContain(end.what);
    expect(report.notes).toContain("boot 1 was interrupted and went on in a fresh bring-up");
    expect(report.notes).not.toContain("boot 2 was interrupted and went on in a fresh bring-up");
  });

  test("it is lost in the cleanup: the reading stands, and the next trial has a fresh bring-up", async () => {
    let pending = true;
    const lab = madeUpLab(STUDY, {
      answer: (asked) => {
        if (!pending || asked.level !== 1 || !isScript("oltp-cleanup")(asked)) return undefined;
        pending = false;
        return answer({ kind: "lost", what: "the hypervisor ended" });
      },
    });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect(await measuredIds(store)).toEqual(PLAN);
    expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
    expectTornDownDeepestFirst(lab);
  });

  test("it is lost in the preparation: the workload is not run there, and the rest is measured afresh", async () => {
    let pending = true;
    const lab = madeUpLab(STUDY, {
      answer: (asked) => {
        if (!pending || asked.level !== 2 || !isScript("oltp-prepare")(asked)) return undefined;
        pending = false;
        return answer({ kind: "lost", what: "the hypervisor ended" });
      },
    });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect((await observationOf(store, "b1-up-L2-oltp-1")).completed.end.kind).toBe("not-run");
    expect(await measuredIds(store)).toEqual(PLAN.filter((id) => id !== "b1-up-L2-oltp-1"));
    expect(bringUpsIn(lab)).toBe(SHAPE.boots + 1);
    expectTornDownDeepestFirst(lab);
  });

  test("it is lost twice in each boot: the third bring-up finishes the boot, and the count begins anew with the next", async () => {
    const lab = madeUpLab(STUDY, {
      answer: ({ workload, level }) =>
        workload === "cpu" && level === 2
          ? answer({ kind: "lost", what: "the hypervisor ended" })
          : undefined,
    });
    const store = memoryStore();
    const { result, events } = await measure(STUDY, lab.platform, store);
    // A boot asks for cpu at L2 twice, on the way up and on the way down, and both trials are lost.
    expect(result.ok).toBe(true);
    expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, true, true]);
    expect(bringUpsIn(lab)).toBe(6);
    await expectAllJudgedOnce(store);
    expectTornDownDeepestFirst(lab);
  });

  test("more losses than a boot may have end the run with the problem, and a resume goes on from there", async () => {
    const runs = { ...SHAPE, boots: 1, runs: 2 };
    const study = studyOf({ ...runs, workloads: [CPU] });
    let broken = true;
    const lab = madeUpLab(study, {
      answer: ({ workload, level }) =>
        broken && workload === "cpu" && level === 2
          ? answer({ kind: "lost", what: "the hypervisor ended" })
          : undefined,
    });
    const store = memoryStore();
    const first = await measure(study, lab.platform, store);
    expect(first.result).toEqual({
      ok: false,
      problems: [expect.objectContaining({ code: "machine-lost", at: "b1-down-L2-cpu-2" })],
    });
    expect(lostIn(first.events).map(({ again }) => again)).toEqual([true, true, false]);
    expect(first.report.notes).toContain(`5 of 12 trials are not measured yet: dvirt resume ${RUN}`);
    expectTornDownDeepestFirst(lab);
    broken = false;
    const second = await measure(study, lab.platform, store);
    expect(second.result.ok).toBe(true);
    expect((await store.observations(RUN)).map(({ trial }) => trial.id).sort()).toEqual(
      plannedIds(runs, ["cpu"]),
    );
    expect(await measuredIds(store)).toHaveLength(12 - 3);
    expectTornDownDeepestFirst(lab);
  });
});

describe("a machine that does not come up", () => {
  test.each([0, 1, 2])(
    "L%i never boots: three bring-ups, then the problem, and all is disposed",
    async (level) => {
      const obstacle = {
        code: "no-boot",
        at: `L${level}`,
        what: "did not answer within 120 s",
        evidence: "kernel panic",
      };
      const lab = madeUpLab(STUDY, { obstacle: (at) => (at.level === level ? obstacle : undefined) });
      const store = memoryStore();
      const { result, events } = await measure(STUDY, lab.platform, store);
      expect(result).toEqual({ ok: false, problems: [obstacle] });
      expect(lostIn(events).map(({ again }) => again)).toEqual([true, true, false]);
      if (level > 0) expect(bringUpsIn(lab)).toBe(3);
      expectTornDownDeepestFirst(lab);
      // What lies below the machine was measured, once.
      const below = PLAN.filter((id) => id.startsWith("b1-up-") && Number(/L(\d)/.exec(id)?.[1]) < level);
      expect(await measuredIds(store)).toEqual(below);
    },
  );

  test("it boots at the third bring-up: nothing is lost", async () => {
    const lab = madeUpLab(STUDY, {
      obstacle: ({ bringUp, level }) =>
        level === 1 && bringUp < 3 ? { code: "no-boot", at: "L1", what: "did not answer" } : undefined,
    });
    const store = memoryStore();
    const { result } = await measure(STUDY, lab.platform, store);
    expect(result.ok).toBe(true);
    expect(await measuredIds(store)).toEqual(PLAN);
    expect(bringUpsIn(lab)).toBe(2 + SHAPE.boots);
    expectTornDownDeepestFirst(lab);
  });

  test("it comes up and runs no command: the same", async () => {
    const lab = madeUpLab(STUDY, {
      answer: ({ command, level }) =>
        level === 2 && command.argv[0] === "true"
          ? answer({ kind: "timed-out", limitSeconds: 60 })
          : undefined,
    });
    const { result } = await measure(STUDY, lab.platform, memoryStore());
    expect(result).toMatchObject({ ok: false, problems: [{ code: "no-answer", at: "L2" }] });
    expect(bringUpsIn(lab)).toBe(3);
    expectTornDownDeepestFirst(lab);
  });

  test("a capability that is missing is told at once, because another bring-up would not bring it", async () => {
    const problem = {
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
    const kept = (await store.observations(RUN)).map(({ trial }) => trial.id);
    expect([...(await store.verdicts(RUN)).keys()], "what is stored is judged").toEqual(kept);
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
    expect(await store.observations(RUN)).toEqual([]);
  });
});

test("an observation that a killed run left without a verdict is judged from its raw text, and not measured again", async () => {
  const store = memoryStore();
  const controller = new AbortController();
  const dying: Store = {
    ...store,
    addVerdict: async (run, key, verdict) => {
      if (key.trial === "b1-up-L1-cpu-1") throw new Error("killed here");
      await store.addVerdict(run, key, verdict);
    },
  };
  const lab = madeUpLab(STUDY);
  await expect(measure(STUDY, lab.platform, dying, 1, () => {}, controller.signal)).rejects.toThrow(
    "killed here",
  );
  expectTornDownDeepestFirst(lab);
  expect((await store.verdicts(RUN)).has("b1-up-L1-cpu-1#1")).toBe(false);
  const before = await observationOf(store, "b1-up-L1-cpu-1");
  const { result } = await measure(STUDY, madeUpLab(STUDY).platform, store);
  expect(result.ok).toBe(true);
  expect(await observationOf(store, "b1-up-L1-cpu-1")).toBe(before);
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
