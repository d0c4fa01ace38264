import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { machineLost } from "../../src/core/trial/observation.ts";
import { wallGuardTests } from "./guards.ts";
import { holdLab } from "./held-lab.ts";
import { bringUp, type LiveStack, studyOf } from "./live-stack.ts";

// What is otherwise in wall time, on a stack of its own as shallow as shows it: several CPUs, trials that the host's
// clock limits, and guards that look at the host.

const signal = AbortSignal.timeout(1_800_000);
const STUDY = `
study: wall
title: Wall time
platform: x86_64-kvm
hardware: emulated
clock: wall
levels: 1
repetitions: { boots: 1 }
resources: { guest: { cpus: 1, memory: 512MiB }, reserve: { cpus: 1, memory: 256MiB } }
scratch: { size: 128MiB }
workloads:
  - { name: cpu, threads: 1, primeMax: 2000, events: 1000 }
  - { name: oltp, threads: 1, rows: 10000, seconds: 2, bufferPool: 64MiB, logFile: 16MiB, flushMethod: O_DIRECT }
`;

let live: LiveStack;
let giveBack: () => Promise<void> = async () => {};

beforeAll(async () => {
  giveBack = await holdLab();
  live = await bringUp(studyOf(STUDY, "wall.yaml"), signal);
});

afterAll(async () => {
  await live?.dispose();
  await giveBack();
});

describe("the stack", () => {
  beforeEach(() => live.heal());

  it("runs no vCPU of L1 on the first CPU of the emulated computer", async () => {
    const [l0, l1] = live.platform.steps(undefined).map(({ launch }) => launch.cpus);
    if (l0 === undefined || l1 === undefined) throw new Error("the study has no L1");
    expect(l0, "a CPU is left over").toBeGreaterThan(l1);
    const threads = await live.say(
      0,
      'for t in /proc/$(cat /run/dvirt/L1.pid)/task/*; do echo "$(cat $t/comm): $(sed -n "s/^Cpus_allowed_list:\\t//p" $t/status)"; done',
    );
    const list = (from: number) => (from === l0 - 1 ? String(from) : `${from}-${l0 - 1}`);
    const [vcpus, others] = [true, false].map((wanted) =>
      threads.split("\n").filter((thread) => thread.startsWith("CPU ") === wanted),
    );
    expect(vcpus).toEqual(Array.from({ length: l1 }, (_, vcpu) => `CPU ${vcpu}/KVM: ${list(1)}`));
    expect(others).not.toEqual([]);
    for (const thread of others ?? []) expect(thread).toMatch(new RegExp(`: ${list(0)}$`));
  });
});

wallGuardTests(() => live, signal);

describe("bad days", () => {
  it("a guest that hangs in a trial is cut off at the limit and not trusted again", async () => {
    const measured = { argv: ["sleep", "600"], timeoutSeconds: 2 };
    const observation = await live.trial(live.workload("cpu"), 1, { measured });
    expect(observation.completed.end).toEqual({ kind: "timed-out", limitSeconds: 2 });
    expect(machineLost(observation)).toBe(true);
  });
});
