import { execFileSync } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { imageOf } from "../../src/core/machine/provenance.ts";
import { readSnapshot, SNAPSHOT_SCRIPT } from "../../src/core/machine/snapshot.ts";
import { type Reading, type WorkCommands, type Workload, workloadAt } from "../../src/core/study/workload.ts";
import type { GuardContext } from "../../src/core/trial/guards/guard.ts";
import { guardResults } from "../../src/core/trial/guards/index.ts";
import type { GuardResult, Observation } from "../../src/core/trial/observation.ts";
import { askedFor } from "../../src/lab/trial.ts";
import type { LiveStack } from "./live-stack.ts";

/** Trials on a live stack, and what the guards say of them. */
function looks(live: () => LiveStack) {
  const imageId = () => imageOf(live().platform.origin)?.id;
  const context = (different: Partial<GuardContext> = {}): GuardContext => ({
    hardware: "emulated",
    timing: live().platform.timing,
    imageId: imageId(),
    declared: undefined,
    machines: live().ready,
    ...different,
  });
  const ask = (observation: Observation, reading: Reading, against = context()) =>
    guardResults({ ...against, observation, reading });
  const doubts = (found: readonly GuardResult[]): readonly string[] =>
    found.filter(({ kind }) => kind === "doubt").map(({ guard, sentence }) => `${guard}: ${sentence}`);
  const own = (found: readonly GuardResult[], guard: string): GuardResult | undefined =>
    found.find((one) => one.guard === guard);

  /** A trial of the workload with what its parser made of it. */
  async function trial(workload: Workload, level: number, different: Partial<WorkCommands> = {}) {
    const observation = await live().trial(workload, level, different);
    const parsed = workload.kind.parse(observation.completed.stdout);
    if (!parsed.ok) throw new Error(JSON.stringify([parsed.problems, observation.completed]));
    return { observation, found: ask(observation, parsed.value) };
  }

  /** What the guards say of a trial that runs this script, as a cause that comes up midway. */
  async function during(level: number, script: string, against = context()) {
    const measured = { argv: ["sh", "-c", script], timeoutSeconds: 300 };
    const observation = await live().trial(live().workload("cpu"), level, { measured });
    expect(observation.completed.end, observation.completed.stderr).toEqual({ kind: "exited", code: 0 });
    return ask(observation, { metrics: { throughput: 1, response: 1 }, more: {} }, against);
  }

  return { imageId, context, ask, own, trial, during, doubts };
}

/** The guards stay quiet in ordinary trials of these workloads; `unjudged` names those that cannot judge on such a stack. */
function quietTests(
  live: () => LiveStack,
  {
    levels,
    workloads,
    unjudged,
  }: Readonly<Record<"workloads" | "unjudged", readonly string[]>> & {
    readonly levels: readonly number[];
  },
): void {
  const { trial, own, doubts } = looks(live);

  it("stay quiet in ordinary trials of every workload at every level", async () => {
    const loud: string[] = [];
    for (const level of levels) {
      for (const name of workloads) {
        // Where others share the host unseen, a short trial is disturbed now and then, and rightly doubted: it is
        // made again, as in a run. A guard that is wrong is loud every time.
        let said: readonly string[] = [];
        for (let time = 1; time <= 3; time++) {
          said = await saidOf(name, level);
          if (said.length === 0) break;
          console.info(`${name} at L${level}, time ${time}: ${said.join("; ")}`);
        }
        loud.push(...said.map((one) => `${name} at L${level}: ${one}`));
      }
    }
    expect(loud).toEqual([]);
  });

  async function saidOf(name: string, level: number): Promise<readonly string[]> {
    const { found } = await trial(live().workload(name), level);
    const unknown = found.filter(({ kind }) => kind === "unknown").map(({ guard }) => guard);
    expect(unknown.filter((guard) => !unjudged.includes(guard))).toEqual([]);
    // Whoever shares this machine may be at work at any time, and is then rightly seen, with what comes of it.
    const busy = own(found, "other-load")?.kind === "doubt" ? ["other-load", "steal"] : [];
    return doubts(found.filter(({ guard }) => !busy.includes(guard)));
  }
}

/** Each guard is seen to fire on a real cause, made on a live machine and put back; and to stay quiet without one. */
export function guardTests(live: () => LiveStack, signal: AbortSignal) {
  const { imageId, context, ask, own, trial, during } = looks(live);

  describe("the guards", () => {
    beforeEach(() => live().heal());

    quietTests(live, {
      levels: [0, 1, 2],
      workloads: ["cpu", "threads", "memory-write", "memory-read", "oltp"],
      unjudged: ["clock-rate", "other-load", "cpu-frequency"],
    });

    it("see a warning of the kernel", async () => {
      const found = await during(1, 'echo "<4>WARNING: made for the test" >/dev/kmsg');
      expect(own(found, "kernel-log")?.sentence).toBe('L1: the kernel said "WARNING: made for the test"');
    });

    it("see huge pages switched off midway", async () => {
      const file = "/sys/kernel/mm/transparent_hugepage/enabled";
      const found = await during(1, `echo never >${file}`);
      await live().say(1, `echo always >${file}`);
      expect(own(found, "huge-pages")?.sentence).toBe(
        "L1: transparent huge pages was always at bring-up, always before, never after",
      );
    });

    it("see KSM switched on", async () => {
      const found = await during(0, "echo 1 >/sys/kernel/mm/ksm/run");
      await live().say(0, "echo 2 >/sys/kernel/mm/ksm/run; echo 0 >/sys/kernel/mm/ksm/run");
      expect(own(found, "page-sharing")?.sentence).toBe("L0: KSM was 0 at bring-up, 0 before, 1 after");
    });

    it("see a clock source that is changed midway", async () => {
      const folder = "/sys/devices/system/clocksource/clocksource0";
      const was = await live().say(1, `cat ${folder}/current_clocksource`);
      const other = (await live().say(1, `cat ${folder}/available_clocksource`))
        .split(" ")
        .find((one) => one !== was);
      if (other === undefined) throw new Error(`L1 has no clock source but ${was}`);
      const found = await during(1, `echo ${other} >${folder}/current_clocksource`);
      await live().say(1, `echo ${was} >${folder}/current_clocksource`);
      expect(own(found, "clock-source")?.sentence).toBe(
        `L1: clock source was ${was} at bring-up, ${was} before, ${other} after`,
      );
    });

    it("see that a level booted another image than the run was made with", async () => {
      const found = await during(0, "true", context({ imageId: "0123456789abcdef" }));
      expect(own(found, "image")).toMatchObject({
        kind: "doubt",
        sentence: `L0 booted image ${imageId()}, the run was made with 0123456789abcdef`,
      });
    });

    it("see threads that sit idle", async () => {
      const cpu = live().workload("cpu");
      const { measured } = workloadAt(cpu, 0).commands(live().platform.place(0));
      // 40 short events begun at 20 in a second: most of the time nobody is at work.
      const argv = [...measured.argv, "--rate=20", "--events=40"];
      const { found } = await trial(cpu, 0, { measured: { ...measured, argv } });
      expect(own(found, "littles-law")).toMatchObject({ kind: "doubt" });
    });

    it("see a level that is not let run, because another process is at work one level below", async () => {
      const hog = await live().say(1, "(while :; do :; done) >/dev/null 2>&1 & echo $!");
      const { found } = await trial(live().workload("cpu"), 2);
      await live().say(1, `kill ${hog}`);
      expect(own(found, "steal")?.sentence).toMatch(/^L2 was not let run for [3-9]\d\.\d% of its CPU time/);
    });

    it("see memory that a machine gives back midway", async () => {
      const blocks = "/sys/devices/system/memory/memory*";
      const found = await during(
        0,
        `for block in $(ls -dv ${blocks} | tac); do
  if echo offline >"$block/state" 2>/dev/null; then exit 0; fi
done
echo "no block of memory can be given back" >&2; exit 1`,
      );
      await live().say(
        0,
        `for state in ${blocks}/state; do grep -q offline $state && echo online >$state; done`,
      );
      expect(own(found, "memory-size")?.sentence).toMatch(
        /^L0: memory was (\d+ KiB) at bring-up, \1 before, (?!\1)\d+ KiB after$/,
      );
    });

    it("see that a level swapped for want of memory", async () => {
      // All that is free and a little more, in one process, with the scratch disk as swap.
      const available = Number(await live().say(1, "awk '/^MemAvailable/ { print $2 }' /proc/meminfo"));
      const script = `set -e
mkswap /dev/vdb >/dev/null; swapon /dev/vdb
head -c ${(available + 48 * 1024) * 1024} /dev/zero | tail -n 1 | wc -c`;
      const found = await during(1, script);
      await live().say(1, "swapoff /dev/vdb");
      expect(own(found, "memory-pressure")?.sentence).toMatch(/^L1: .*\d+ pages went out to swap/);
    });

    it("left every machine as it was", async () => {
      for (const level of [0, 1, 2]) {
        const now = await askedFor(SNAPSHOT_SCRIPT, live().machine(level), systemClock, signal);
        const was = live().ready.findLast((one) => one.level === level)?.snapshot;
        const [is, before] = [readSnapshot(now.text), readSnapshot(was?.text ?? "")];
        expect([is.clockSource, is.hugePages, is.pageSharing]).toEqual([
          before.clockSource,
          before.hugePages,
          before.pageSharing,
        ]);
        expect(is.memory.get("SwapTotal")).toBe(0);
        expect(is.memory.get("MemTotal")).toBe(before.memory.get("MemTotal"));
        expect(await live().say(level, "busybox adjtimex | grep -w tick")).toMatch(/\b10000\b/);
      }
    });
  });

  return {
    /** For a stack that is up to L1: what runs there and is called L2 has no guest of a guest behind it. */
    seesFalseDepth: async () => {
      const cpu = live().workload("cpu");
      const observation = await live().trial(cpu, 1);
      const parsed = cpu.kind.parse(observation.completed.stdout);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const called = { ...observation, trial: { ...observation.trial, level: 2 } };
      expect(own(ask(called, parsed.value), "depth")?.sentence).toContain(
        "KVM at L0 counted no entry into a guest's guest during the trial",
      );
    },
  };
}

/** What the host's own time and load say can be judged in wall time alone: on a stack of L0 and L1. */
export function wallGuardTests(live: () => LiveStack, signal: AbortSignal): void {
  const { context, own, trial, during } = looks(live);

  describe("the guards of wall time", () => {
    beforeEach(() => live().heal());

    quietTests(live, {
      levels: [0, 1],
      workloads: ["cpu", "oltp"],
      unjudged: ["host-disk", "cpu-frequency", "clock-rate"],
    });

    it("see somebody else at work on the host", async () => {
      const hog = execFileSync("sh", ["-c", "setsid sh -c 'while :; do :; done' >/dev/null 2>&1 & echo $!"], {
        encoding: "utf8",
      }).trim();
      try {
        const { found } = await trial(live().workload("oltp"), 0);
        const { kind, sentence = "" } = own(found, "other-load") ?? {};
        expect(kind).toBe("doubt");
        // The emulated computer wants CPUs too: the hog gets what a fair share of them is, at least.
        const used = Number(
          /others used ([\d.]+) of the host's \d+ CPUs during the trial/.exec(sentence)?.[1],
        );
        expect(used, sentence).toBeGreaterThan(0.4);
      } finally {
        process.kill(Number(hog), "SIGKILL");
      }
    });

    // Last, for the time since the bring-up has a wrong stretch in it from here on.
    it("see a clock that runs 5% fast within a minute, also on a slow host", async () => {
      await live().say(1, "busybox adjtimex -t 10500");
      try {
        const snapshot = await askedFor(SNAPSHOT_SCRIPT, live().machine(1), systemClock, signal);
        const machines = live().ready.map((one) => (one.level === 1 ? { ...one, snapshot } : one));
        const found = await during(1, "sleep 60", context({ machines }));
        expect(own(found, "clock-rate")?.sentence).toMatch(/^L1's clock ran fast, by \d/);
      } finally {
        await live().say(1, "busybox adjtimex -t 10000");
      }
    });
  });
}
