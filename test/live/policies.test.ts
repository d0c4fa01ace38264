import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { confinementOf, pinningOf } from "../../src/core/confinement.ts";
import { parseStudy } from "../../src/core/study.ts";
import type { MachineRecord, PreparedPlatform } from "../../src/lab/ports.ts";
import { createStack, type Stack } from "../../src/lab/stack.ts";
import { x86Kvm } from "../../src/platforms/x86-64-kvm.ts";
import { workloads } from "../../src/workloads/index.ts";
import { holdLab } from "../lab-for-tests.ts";
import { healIfLost, makeSound } from "./sound.ts";

// The two policies that the shared stack does not use, each with a stack of its own, as shallow as shows it.

const MIB = 2 ** 20;
const signal = AbortSignal.timeout(600_000);

const study = (levels: number, resources: string) => `
study: policies
title: Resources policies
platform: x86_64-kvm
hardware: emulated
levels: ${levels}
repetitions: { boots: 1 }
resources: ${resources}
scratch: { size: 16MiB }
workloads: [{ name: cpu, threads: cpus }]
`;

interface Brought {
  readonly platform: PreparedPlatform;
  readonly stack: Stack;
  readonly ready: readonly Pick<MachineRecord, "level" | "facts">[];
}

async function bringUp(levels: number, resources: string): Promise<Brought> {
  const parsed = parseStudy(study(levels, resources), "policies.yaml", {
    workloads,
    platforms: ["x86_64-kvm"],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const cache = cacheFolder(process.env);
  const prepared = await x86Kvm.prepare({
    seed: 1,
    study: parsed.value,
    cache,
    labFolder: join(cache, "lab"),
    say: console.error,
    signal,
  });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const ready: Pick<MachineRecord, "level" | "facts">[] = [];
  const stack = createStack({
    platform: prepared.value,
    clock: systemClock,
    emit: (event) => console.error(JSON.stringify(event)),
    onMachine: async (machine) => {
      ready.push(machine);
      return [];
    },
  });
  await makeSound(stack, levels, signal);
  return { platform: prepared.value, stack, ready };
}

const say = async ({ stack }: Brought, level: number, script: string): Promise<string> => {
  const done = await stack.machines[level]?.run({ argv: ["sh", "-c", script], timeoutSeconds: 120 }, signal);
  return done?.stdout.trim() ?? "";
};

let giveBack: () => Promise<void> = async () => {};
beforeAll(async () => {
  giveBack = await holdLab();
});
afterAll(() => giveBack());

/** A stack for the tests of one policy, down again before the next one's comes up. */
function withStack(levels: number, resources: string): () => Brought {
  let brought: Brought | undefined;
  beforeAll(async () => {
    brought = await bringUp(levels, resources);
  });
  beforeEach(async () => {
    if (brought !== undefined) await healIfLost(brought.stack, levels, signal);
  });
  afterAll(async () => {
    await brought?.stack.dispose();
    await brought?.platform.dispose();
  });
  return () => {
    if (brought === undefined) throw new Error("the stack did not come up");
    return brought;
  };
}

describe("reserved, with pinned vCPUs", () => {
  const stack = withStack(
    1,
    "{ policy: reserved, guest: { cpus: 1, memory: 512MiB }, reserve: { cpus: 1, memory: 384MiB }, pin: true }",
  );

  it("measures each level whole, the lower one larger by the reserve", () => {
    const { platform, ready } = stack();
    const sizes = platform.steps(undefined).map(({ launch }) => launch.measured);
    expect(sizes.map(({ memoryBytes }) => memoryBytes / MIB)).toEqual([896, 512]);
    for (const { level, facts } of ready) {
      expect(confinementOf(facts)).toMatchObject({ kind: "confined", ...sizes[level] });
    }
  });

  it("keeps each vCPU on the CPU of the level below that it was given", async () => {
    const { ready, platform } = stack();
    for (const { level, facts } of ready) {
      expect(pinningOf(facts)).toBe(platform.steps(undefined)[level]?.launch.pinnedTo?.join(", "));
    }
    const threads = await say(
      stack(),
      0,
      'cd /proc/$(cat /run/dvirt/L1.pid)/task; for t in *; do echo "$(cat $t/comm) $(sed -n "s/^Cpus_allowed_list:\\t//p" $t/status)"; done | grep "^CPU "',
    );
    expect(threads.split("\n")).toEqual(["CPU 0/KVM 0"]);
  });
});

describe("over-committed", () => {
  const stack = withStack(
    2,
    "{ policy: over-committed, host: { cpus: 2, memory: 1536MiB }, memoryShare: 100% }",
  );

  it("gives every level all CPUs and all memory of the level below", async () => {
    const cpus = stack().platform.steps(undefined)[0]?.launch.cpus;
    for (const level of [0, 1, 2]) {
      expect(Number(await say(stack(), level, "nproc")), `CPUs of L${level}`).toBe(cpus);
      const total = Number(
        await say(stack(), level, "sed -n 's/^MemTotal: *//p' /proc/meminfo | cut -d' ' -f1"),
      );
      expect(total / 1024, `memory of L${level}`).toBeGreaterThan(0.8 * 1536);
      expect(total / 1024, `memory of L${level}`).toBeLessThan(1536);
    }
  });

  it("takes no memory for a guest before the guest uses it", async () => {
    for (const level of [0, 1]) {
      const resident = Number(
        await say(
          stack(),
          level,
          "sed -n 's/^VmRSS:[^0-9]*//p' /proc/$(pgrep -x qemu-system-x86)/status | cut -d' ' -f1",
        ),
      );
      expect(resident, `QEMU at L${level}`).toBeGreaterThan(0);
      expect(resident / 1024, `QEMU at L${level}`).toBeLessThan(0.8 * 1536);
    }
  });
});
