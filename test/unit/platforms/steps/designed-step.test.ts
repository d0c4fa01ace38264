import { describe, expect, test } from "vitest";
import { simulatedMachine } from "../../../../src/adapters/machine/simulated.ts";
import { failed, ok } from "../../../../src/core/base/problem.ts";
import { USUAL_DESIGN } from "../../../../src/core/study/settings/setting.ts";
import type { Machine, PlatformStep } from "../../../../src/lab/ports.ts";
import {
  type DesignedMachine,
  designedStep,
  hostProblems,
} from "../../../../src/platforms/steps/designed-step.ts";

const signal = new AbortController().signal;
const PLAIN: DesignedMachine = { design: USUAL_DESIGN, owner: "dvirt", parentOwner: "dvirt", hugePages: 0 };
const WITH_STATE: DesignedMachine = {
  ...PLAIN,
  design: { ...USUAL_DESIGN, onMachine: [{ set: "set it", holds: "see it" }] },
};

/** A parent and its guest that note what they were asked; `refuse` is the part of a script that fails. */
function made(refuse?: string) {
  const log: string[] = [];
  const machine = (name: string): Machine => {
    const own = simulatedMachine({
      name,
      commandSeconds: 0,
      answer: ({ argv }) => {
        log.push(`${name}: ${(argv[2] ?? "").trim().split("\n").join("; ").slice(0, 60)}`);
        const code = refuse !== undefined && argv[2]?.includes(refuse) ? 1 : 0;
        return { end: { kind: "exited", code }, stdout: code === 1 ? "12\n" : "", stderr: "" };
      },
    });
    return {
      ...own,
      dispose: async () => {
        log.push(`${name}: gone`);
        await own.dispose();
      },
    };
  };
  const step = (start: PlatformStep["start"] = async () => ok(machine("guest"))): PlatformStep => ({
    level: 1,
    driver: "simulated",
    launch: { argv: [], memoryBytes: 0, cpus: 1, pace: 1, measured: { cpus: 1, memoryBytes: 0 } },
    check: async () => [],
    start,
  });
  return { log, parent: machine("parent"), step };
}

async function problemOf(started: ReturnType<PlatformStep["start"]>): Promise<string> {
  const result = await started;
  return result.ok ? "none" : (result.problems[0]?.code ?? "?");
}

describe("a machine with a design", () => {
  test("is the plain step where the design asks for nothing", () => {
    const { step } = made();
    const plain = step();
    expect(designedStep(plain, PLAIN)).toBe(plain);
  });

  test("is brought into its state and looked at before anybody gets it", async () => {
    const { log, parent, step } = made();
    expect((await designedStep(step(), WITH_STATE).start(parent, signal)).ok).toBe(true);
    expect(log).toEqual(["guest: set it; see it"]);
  });

  test("is taken down where it is not as it should be", async () => {
    const { log, parent, step } = made("see it");
    expect(await problemOf(designedStep(step(), WITH_STATE).start(parent, signal))).toBe(
      "setting-not-in-force",
    );
    expect(log.at(-1)).toBe("guest: gone");
  });

  test("that is the user's own host is looked at and never changed", async () => {
    const { log, parent, step } = made();
    const own = { ...WITH_STATE, owner: "user" } as const;
    expect((await designedStep(step(), own).start(parent, signal)).ok).toBe(true);
    expect(log).toEqual(["guest: see it"]);
    const other = made("see it");
    expect(await problemOf(designedStep(other.step(), own).start(other.parent, signal))).toBe(
      "host-not-changed",
    );
  });
});

describe("a host that is the user's", () => {
  test("is asked for every state of every condition before anything is measured", async () => {
    const { parent } = made("see it");
    const other = { ...USUAL_DESIGN, onMachine: [{ holds: "look" }] };
    const problems = await hostProblems([WITH_STATE.design, other, WITH_STATE.design], parent, signal);
    expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
      ["host-not-changed", "as root: set it; or name the guests alone (L1.…, L2.…), or --hardware emulated"],
    ]);
  });

  test("that is as the study says is no problem", async () => {
    const { parent, log } = made();
    expect(await hostProblems([WITH_STATE.design], parent, signal)).toEqual([]);
    expect(log).toEqual(["parent: see it"]);
  });
});

describe("huge pages", () => {
  const pages: DesignedMachine = { ...PLAIN, hugePages: 512 };

  test("are reserved before the guest starts and given back when it is gone, not before", async () => {
    const { log, parent, step } = made();
    const started = await designedStep(step(), pages).start(parent, signal);
    if (!started.ok) throw new Error("it did not start");
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^parent: try\(\)/);
    await started.value.dispose();
    expect(log.slice(1)).toEqual(["guest: gone", "parent: echo 0 >/proc/sys/vm/nr_hugepages"]);
  });

  test("are given back where the guest does not start", async () => {
    const { log, parent, step } = made();
    const broken = step(async () => failed({ code: "no-boot", what: "it did not boot" }));
    expect(await problemOf(designedStep(broken, pages).start(parent, signal))).toBe("no-boot");
    expect(log.at(-1)).toBe("parent: echo 0 >/proc/sys/vm/nr_hugepages");
  });

  test("that are not there are a problem with its remedy, and the guest is not tried", async () => {
    const { log, parent, step } = made("nr_hugepages");
    const result = await designedStep(step(), pages).start(parent, signal);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: "no-huge-pages", what: "L1 needs 512 huge pages of 2 MiB, and L0 has 12" }],
    });
    expect(log.some((line) => line.startsWith("guest"))).toBe(false);
  });

  test("of the user's host are counted and neither reserved nor given back", async () => {
    const { log, parent, step } = made();
    const started = await designedStep(step(), { ...pages, parentOwner: "user" }).start(parent, signal);
    if (!started.ok) throw new Error("it did not start");
    await started.value.dispose();
    expect(log.filter((line) => line.includes(">/proc"))).toEqual([]);
  });
});
