import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { readText } from "../../src/adapters/files.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import type { Architecture } from "../../src/core/architecture.ts";
import { parseFacts } from "../../src/core/facts.ts";
import { judge } from "../../src/core/observation.ts";
import { parseStudy, type Study } from "../../src/core/study.ts";
import type { Workload } from "../../src/core/workload.ts";
import type { MachineRecord, PreparedPlatform } from "../../src/lab/ports.ts";
import { createStack, type Stack } from "../../src/lab/stack.ts";
import { executeTrial } from "../../src/lab/trial.ts";
import { platformNamed } from "../../src/platforms/index.ts";
import { workloads } from "../../src/workloads/index.ts";
import { holdLab, installWhatNeeds } from "../lab-for-tests.ts";
import { makeSound } from "./sound.ts";

export interface Measured {
  readonly platform: string;
  readonly architecture: Architecture;
  /** The deepest level. */
  readonly levels: number;
}

/** Brings a platform's stack up once and measures the five workloads of the live study at every level of it. */
export function fiveWorkloads({ platform: name, architecture, levels }: Measured): void {
  const signal = AbortSignal.timeout(1_800_000);
  const each = Array.from({ length: levels + 1 }, (_, level) => level);
  const ready: Omit<MachineRecord, "boot" | "bringUp">[] = [];
  let study: Study;
  let platform: PreparedPlatform;
  let stack: Stack;
  let giveBack: () => Promise<void> = async () => {};

  beforeAll(async () => {
    giveBack = await holdLab();
    await installWhatNeeds(name);
    const parsed = parseStudy(await readText("test/live/live.yaml"), "test/live/live.yaml", {
      workloads,
      platforms: ["x86_64-kvm"],
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    study = { ...parsed.value, platform: name, levels };
    const cache = cacheFolder(process.env);
    const prepared = await platformNamed(name).prepare({
      study,
      seed: 1,
      cache,
      labFolder: join(cache, "lab"),
      say: console.error,
      signal,
    });
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    platform = prepared.value;
    stack = createStack({
      platform,
      clock: systemClock,
      emit: (event) => console.error(JSON.stringify(event)),
      onMachine: async (machine) => {
        while (ready.some((one) => one.level >= machine.level)) ready.pop();
        ready.push(machine);
        return [];
      },
    });
    await makeSound(stack, levels, signal);
  });

  afterAll(async () => {
    await stack?.dispose();
    await platform?.dispose();
    await giveBack();
  });

  const say = async (level: number, script: string): Promise<string> => {
    const machine = stack.machines[level];
    if (machine === undefined) throw new Error(`L${level} is not up`);
    return (await machine.run({ argv: ["sh", "-c", script], timeoutSeconds: 300 }, signal)).stdout.trim();
  };
  const workload = (wanted: string): Workload => {
    const found = study.workloads.find((one) => one.name === wanted);
    if (found === undefined) throw new Error(wanted);
    return found;
  };

  describe(`${name}, brought up once`, () => {
    it("has a machine of its architecture and image at each level", async () => {
      expect(ready.map(({ level }) => level)).toEqual(each);
      for (const { level, facts } of ready) {
        const { architecture: found, imageId, kernel } = parseFacts(facts);
        expect(found).toBe(architecture);
        expect(imageId).toBe(platform.record["image"]);
        expect(kernel).toContain(parseFacts(ready[0]?.facts ?? "").kernel);
        expect(await say(level, "cat /run/dvirt/level")).toBe(String(level));
      }
    });

    for (const wanted of ["cpu", "threads", "memory-write", "memory-read", "oltp"]) {
      it(`measures ${wanted} at every level`, async () => {
        for (const level of each) {
          const observation = await executeTrial(
            { id: `b1-up-L${level}-${wanted}-1`, boot: 1, direction: "up", level, workload: wanted, run: 1 },
            workload(wanted),
            stack.machines.slice(0, level + 1),
            platform.place(level),
            { bringUp: 1, attempt: 1 },
            systemClock,
            signal,
          );
          const verdict = judge(observation, workload(wanted).parse, () => []);
          if (verdict.kind !== "measured") throw new Error(JSON.stringify(verdict.problem));
          expect(verdict.reading.throughputPerSecond).toBeGreaterThan(0);
          expect(verdict.reading.responseMeanSeconds).toBeGreaterThan(0);
        }
      });
    }

    it("reads the tables that this host's server filled, whole", async () => {
      const place = platform.place(levels);
      const machine = stack.machines[levels];
      for (const command of workload("oltp").prepare(place)) await machine?.run(command, signal);
      const sql = "CHECK TABLE sbtest.sbtest1 EXTENDED; SELECT COUNT(*), SUM(k > 0) FROM sbtest.sbtest1";
      const answer = await say(levels, `mariadb --socket=/run/dvirt/mysql.sock -N -e '${sql}'`);
      for (const command of workload("oltp").cleanup) await machine?.run(command, signal);
      expect(answer.split("\n").map((line) => line.split("\t"))).toEqual([
        ["sbtest.sbtest1", "check", "status", "OK"],
        ["10000", "10000"],
      ]);
    });

    it("leaves no process when it is disposed", async () => {
      await stack.dispose();
      const left = execFileSync("sh", ["-c", "pgrep -f [n]ame=dvirt.ssh || echo none"], { encoding: "utf8" });
      expect(left.trim()).toBe("none");
    });
  });
}
