import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readText } from "../../src/adapters/files.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import type { Architecture } from "../../src/core/base/architecture.ts";
import { parseFacts } from "../../src/core/machine/facts.ts";
import { imageOf } from "../../src/core/machine/provenance.ts";
import { workloadAt } from "../../src/core/study/workload.ts";
import { judge } from "../../src/core/trial/observation.ts";
import { platformNamed } from "../../src/platforms/index.ts";
import { install } from "../packages.ts";
import { holdLab } from "./held-lab.ts";
import { bringUp, type LiveStack, studyOf } from "./live-stack.ts";

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
  let live: LiveStack;
  let giveBack: () => Promise<void> = async () => {};

  beforeAll(async () => {
    giveBack = await holdLab();
    await install(await platformNamed(name).needs(cacheFolder(process.env)));
    const study = studyOf(await readText("test/live/live.yaml"), "test/live/live.yaml");
    live = await bringUp({ ...study, platform: name, levels }, signal);
  });

  afterAll(async () => {
    await live?.dispose();
    await giveBack();
  });

  describe(`${name}, brought up once`, () => {
    it("has a machine of its architecture and image at each level", async () => {
      expect(live.ready.map(({ level }) => level)).toEqual(each);
      for (const { level, facts } of live.ready) {
        const { architecture: found, imageId, kernel } = parseFacts(facts);
        expect(found).toBe(architecture);
        expect(imageId).toBe(imageOf(live.platform.origin)?.id);
        expect(kernel).toContain(parseFacts(live.ready[0]?.facts ?? "").kernel);
        expect(await live.say(level, "cat /run/dvirt/level")).toBe(String(level));
      }
    });

    for (const wanted of ["cpu", "threads", "memory-write", "memory-read", "oltp"]) {
      it(`measures ${wanted} at every level`, async () => {
        for (const level of each) {
          const observation = await live.trial(live.workload(wanted), level);
          const outcome = judge(observation, live.workload(wanted).kind.parse, () => []);
          if (outcome.kind !== "measured") throw new Error(JSON.stringify(outcome.problem));
          expect(outcome.reading.metrics.throughput).toBeGreaterThan(0);
          expect(outcome.reading.metrics.response).toBeGreaterThan(0);
        }
      });
    }

    it("reads the tables that this host's server filled, whole", async () => {
      const place = live.platform.place(levels);
      const machine = live.stack.machines[levels];
      const { prepare, cleanup } = workloadAt(live.workload("oltp"), levels).commands(place);
      for (const command of prepare) await machine?.run(command, signal);
      const sql = "CHECK TABLE sbtest.sbtest1 EXTENDED; SELECT COUNT(*), SUM(k > 0) FROM sbtest.sbtest1";
      const answer = await live.say(levels, `mariadb --socket=/run/dvirt/mysql.sock -N -e '${sql}'`);
      for (const command of cleanup) await machine?.run(command, signal);
      expect(answer.split("\n").map((line) => line.split("\t"))).toEqual([
        ["sbtest.sbtest1", "check", "status", "OK"],
        ["10000", "10000"],
      ]);
    });

    it("leaves no process when it is disposed", async () => {
      await live.stack.dispose();
      const left = execFileSync("sh", ["-c", "pgrep -f [n]ame=dvirt.ssh || echo none"], { encoding: "utf8" });
      expect(left.trim()).toBe("none");
    });
  });
}
