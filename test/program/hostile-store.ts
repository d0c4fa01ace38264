import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { studyData } from "../../src/core/study/study.ts";
import type { RunRecord } from "../../src/lab/ports.ts";
import { studyOf } from "../lab/simulated-study.ts";
import { ALL_ATTACKS, ATTACKS } from "../unit/made-up/hostile.ts";
import { completed, madeUpObservation } from "../unit/made-up/observation.ts";
import { madeUpProvenance } from "../unit/made-up/provenance.ts";
import { madeUpTrial } from "../unit/made-up/trial.ts";

/** A name that would leave the page, were it put there as it is; SQLite and addresses take it all the same. */
export const HOSTILE_RUN = `run"'><svg onload=alert(9)>`;

export const HOSTILE_GROUP = `group"'><svg onload=alert(10)>`;

/** A store whose every text is an attack: titles, records, facts, output, problems. */
export async function fillHostileStore(path: string): Promise<void> {
  const opened = await openSqliteStore(path);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problems));
  const store = opened.value;
  const run: RunRecord = {
    id: HOSTILE_RUN,
    createdAt: "2026-11-23T10:00:00.000Z",
    study: { ...studyData(studyOf({ levels: 1, boots: 1 })), title: ALL_ATTACKS, platform: ATTACKS[0] ?? "" },
    seed: 1,
    hardware: "emulated",
    timing: "wall",
    provenance: madeUpProvenance({
      program: { dvirt: ALL_ATTACKS, node: ALL_ATTACKS },
      origin: {
        kind: "given",
        declared: [{ architecture: "s390x", hypervisors: ATTACKS }],
        userland: {
          kind: "pushed",
          image: { id: ALL_ATTACKS, rootDiskSha256: ALL_ATTACKS, packages: ATTACKS },
        },
        replicate: { kind: "boot", guests: [{ level: 0, answer: ALL_ATTACKS }] },
        notes: ATTACKS,
      },
    }),
    group: { id: HOSTILE_GROUP, place: 1 },
  };
  const { createdAt, study } = run;
  await store.addGroup({ id: HOSTILE_GROUP, createdAt, studies: [study], seed: 1 });
  await store.addRun(run);
  for (const level of [0, 1]) {
    await store.addMachine(run.id, {
      ...{ boot: 1, bringUp: 1, level, driver: "simulated", argv: ATTACKS, facts: factsText() },
      ...{ launchedAt: "2026-01-02T03:04:00.000Z", readySeconds: 1, sinceLaunchSeconds: 1, settleSeconds: 1 },
      snapshot: { text: factsText(), fromSeconds: 0, toSeconds: 1 },
    });
    const trial = madeUpTrial({ level });
    await store.addObservation(
      run.id,
      madeUpObservation({
        trial,
        argv: ATTACKS,
        completed: completed({ stdout: ALL_ATTACKS, stderr: ALL_ATTACKS }),
      }),
    );
    await store.addOutcome(
      run.id,
      { trial: trial.id, attempt: 1 },
      level === 0
        ? {
            kind: "measured",
            reading: { metrics: { throughput: 10, response: 0.1 }, more: { "<b>": 1 } },
            nestedEntries: [],
            kvm: [],
            doubts: [{ guard: "steal", sentence: ALL_ATTACKS }],
            unknown: [],
          }
        : {
            kind: "failed",
            problem: { code: "workload-failed", what: ALL_ATTACKS, hint: ALL_ATTACKS, evidence: ALL_ATTACKS },
          },
    );
  }
  await store.close();
}

function factsText(): string {
  return ["kernel", "cpuinfo", "kvm", "kernel-log"].map((name) => `== ${name}\n${ALL_ATTACKS}`).join("\n");
}
