import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { confinementOf, pinningOf } from "../../src/core/machine/confinement.ts";
import { holdLab } from "./held-lab.ts";
import { bringUp, type LiveStack, studyOf } from "./live-stack.ts";

// The two policies that the shared stack does not use, each with a stack of its own, as shallow as shows it.

const MIB = 2 ** 20;
const signal = AbortSignal.timeout(1_800_000);

const study = (levels: number, resources: string) => `
study: policies
title: Resources policies
platform: x86_64-kvm
hardware: emulated
clock: wall
levels: ${levels}
repetitions: { boots: 1 }
resources: ${resources}
scratch: { size: 16MiB }
workloads: [{ name: cpu, threads: cpus }]
`;

let giveBack: () => Promise<void> = async () => {};
beforeAll(async () => {
  giveBack = await holdLab();
});
afterAll(() => giveBack());

/** A stack for the tests of one policy, down again before the next one's comes up. */
function withStack(levels: number, resources: string): () => LiveStack {
  let brought: LiveStack | undefined;
  beforeAll(async () => {
    brought = await bringUp(studyOf(study(levels, resources), "policies.yaml"), signal);
  });
  beforeEach(() => brought?.heal());
  afterAll(() => brought?.dispose());
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
    const threads = await stack().say(
      0,
      'cd /proc/$(cat /run/dvirt/L1.pid)/task; for t in *; do echo "$(cat $t/comm) $(sed -n "s/^Cpus_allowed_list:\\t//p" $t/status)"; done | grep "^CPU "',
    );
    expect(threads.split("\n"), "the first CPU is left free").toEqual(["CPU 0/KVM 1"]);
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
      expect(Number(await stack().say(level, "nproc")), `CPUs of L${level}`).toBe(cpus);
      const total = Number(
        await stack().say(level, "sed -n 's/^MemTotal: *//p' /proc/meminfo | cut -d' ' -f1"),
      );
      expect(total / 1024, `memory of L${level}`).toBeGreaterThan(0.8 * 1536);
      expect(total / 1024, `memory of L${level}`).toBeLessThan(1536);
    }
  });

  it("takes no memory for a guest before the guest uses it", async () => {
    for (const level of [0, 1]) {
      const resident = Number(
        await stack().say(
          level,
          "sed -n 's/^VmRSS:[^0-9]*//p' /proc/$(pgrep -x qemu-system-x86)/status | cut -d' ' -f1",
        ),
      );
      expect(resident, `QEMU at L${level}`).toBeGreaterThan(0);
      expect(resident / 1024, `QEMU at L${level}`).toBeLessThan(0.8 * 1536);
    }
  });
});
