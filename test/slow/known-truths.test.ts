import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { observationsOf, outcomesOf } from "../lab/kept.ts";
import { type WholeRun, wholeRun } from "./whole-run.ts";

// What a study sets must be read back by the workloads that feel it: a disk that takes 20 ms, a command that sleeps.

const STUDY = `
study: known-truths
title: Known truths
platform: x86_64-kvm
hardware: emulated
levels: 1
resources: { guest: { cpus: 1, memory: 512MiB }, reserve: { cpus: 1, memory: 512MiB } }
scratch: { size: 16MiB, cache: none, latency: 20ms }
workloads:
  - { name: disk-read, as: read, operations: 100 }
  - { name: disk-write, as: write, operations: 100 }
  - { name: disk-read, as: read-4, depth: 4, operations: 400 }
  - { name: command, as: sleep, run: [sleep, "0.5"], executions: 3 }
`;

/** Operations per second and seconds of one. The disk works on as many requests at a time as it is given. */
const TRUTHS = {
  read: { throughput: 50, response: 0.02 },
  write: { throughput: 50, response: 0.02 },
  "read-4": { throughput: 200, response: 0.02 },
  sleep: { throughput: 2, response: 0.5 },
};

let made: WholeRun;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dvirt-truths-"));
  const study = join(folder, "known-truths.yaml");
  await writeFile(study, STUDY);
  made = await wholeRun(study);
});

afterAll(async () => {
  await made?.remove();
  await rm(folder, { recursive: true, force: true });
});

test.each(Object.entries(TRUTHS))("%s is read back within 2% at L0 and L1", async (name, truth) => {
  expect(made.ended.code, made.ended.stderr).toBe(0);
  const outcomes = await outcomesOf(made.store, made.id);
  const seen = (await observationsOf(made.store, made.id)).filter(({ trial }) => trial.workload === name);
  expect(new Set(seen.map(({ trial }) => trial.level))).toEqual(new Set([0, 1]));
  for (const { trial, attempt } of seen) {
    const outcome = outcomes.get(`${trial.id}#${attempt}`);
    if (outcome?.kind !== "measured") throw new Error(`${trial.id}: ${JSON.stringify(outcome)}`);
    const { throughput, response = Number.NaN } = outcome.reading.metrics;
    console.error(`${trial.id}: ${throughput}/s, ${response} s`);
    expect(Math.abs(throughput / truth.throughput - 1), `${trial.id}: ${throughput}/s`).toBeLessThan(0.02);
    expect(Math.abs(response / truth.response - 1), `${trial.id}: ${response} s`).toBeLessThan(0.02);
  }
});
