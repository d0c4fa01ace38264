import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";
import { planBoots } from "../../src/core/trial/plan.ts";
import type { LabEvent } from "../../src/lab/events.ts";
import { createRemaining } from "../../src/lab/remaining.ts";
import { DEFAULT_TRUTH, setUpSimulated } from "../../src/platforms/simulated.ts";
import { measure } from "./made-up-lab.ts";
import { memoryStore } from "./memory-store.ts";
import { CPU, studyOf } from "./simulated-study.ts";

const STUDY = studyOf({ levels: 1, boots: 3, workloads: [CPU] });
const BOOTS = planBoots(STUDY, 1);

/** What progress writes, on a terminal of this size or into a file. */
function written(stacks: number, terminal?: { readonly columns: number; readonly rows: number }) {
  let [text, seconds] = ["", 0];
  const stream = new PassThrough({ encoding: "utf8" }).on("data", (part: string) => {
    text += part;
  });
  const output = Object.assign(stream, { isTTY: terminal !== undefined, ...terminal });
  const clock = { now: () => "", seconds: () => seconds };
  const estimator = {
    trialSeconds: () => 10,
    bringUpSeconds: () => 20,
    sawTrial: () => {},
    sawBringUp: () => {},
  };
  const remaining = createRemaining({ boots: BOOTS, stacks, done: new Set(), estimator, clock });
  const stdout = output as unknown as NodeJS.WriteStream;
  const progress = createProgress({ output: stdout, boots: BOOTS, extent: "all", stacks, remaining, clock });
  return {
    text: () => text,
    tell(...events: readonly LabEvent[]) {
      for (const event of events) {
        remaining.event(event);
        progress.event(event);
      }
      const said = text;
      text = "";
      return said;
    },
    wait(more: number) {
      seconds += more;
    },
    close: () => progress.close(),
  };
}

const started = (boot: number): LabEvent => ({ kind: "boot-started", boot, pending: 4, bringUp: boot });
const starting = (boot: number, level: number): LabEvent => ({
  kind: "machine-starting",
  boot,
  level,
  driver: "simulated",
});
const lost = (boot: number): LabEvent => ({
  kind: "stack-lost",
  boot,
  again: true,
  problem: { code: "no-boot", at: "L1", what: "it did not boot" },
});

describe("in a file", () => {
  test("each line says which boot it is of, where several go on, and none does where one goes on", async () => {
    for (const stacks of [1, 2]) {
      const progress = written(stacks);
      const platform = setUpSimulated(STUDY, 1, DEFAULT_TRUTH, 0.001);
      const said: string[] = [];
      const tell = (event: LabEvent) => said.push(progress.tell(event));
      await measure(STUDY, platform, memoryStore(), 1, tell, new AbortController().signal, stacks);
      const lines = said.join("").split("\n");
      const of = stacks === 1 ? "" : "boot (\\d) ";
      const trials = lines.flatMap(
        (line) => new RegExp(`^ {2}${of}(?:up|down) +L\\d  cpu `).exec(line) ?? [],
      );
      expect(trials.length, lines.join("\n")).toBe(stacks * BOOTS.length * 4);
      const answers = lines.filter((line) => new RegExp(`^ {2}${of}L\\d answers after`).test(line));
      expect(answers).toHaveLength(BOOTS.length * 2);
    }
  });

  test("the first line says how many go on, and how long that takes", () => {
    const first: LabEvent = { kind: "run-started", run: "r", done: 0 };
    expect(written(1).tell(first)).toBe("run r: 3 boots, 12 trials; about 4 min 00 s\n");
    expect(written(2).tell(first)).toBe("run r: 3 boots, 2 side by side, 12 trials; about 2 min 40 s\n");
  });

  test("a stack that is lost says of which boot", () => {
    expect(written(2).tell(lost(2))).toBe(
      "boot 2 error[no-boot] L1: it did not boot\n  boot 2 the stack is brought up afresh for the trials that are left\n",
    );
    expect(written(1).tell(lost(2))).toMatch(/^error\[no-boot\]/);
  });
});

describe("on a terminal", () => {
  const ESCAPE = String.fromCharCode(27);
  /** Takes two moving lines away. */
  const TWO_UP = `\r${ESCAPE}[2A${ESCAPE}[J`;

  test("what each boot waits for moves, a line for each, above the whole", () => {
    const progress = written(2, { columns: 100, rows: 24 });
    progress.tell(started(1), started(2), starting(2, 0));
    progress.wait(5);
    const said = progress.tell(starting(1, 1));
    expect(said.split("\n")).toEqual([
      expect.stringMatching(/boot 1 waiting for L1 to answer \(simulated\) \(0 s\)$/),
      "boot 2 waiting for L0 to answer (simulated) (5 s)",
      expect.stringMatching(/^0\/12 trials · 5 s so far, about 2 min 35 s left$/),
    ]);
    expect(progress.tell({ kind: "boot-ended", boot: 2 }).startsWith(TWO_UP)).toBe(true);
    progress.close();
  });

  test("a line that stays is written where the moving ones began", () => {
    const progress = written(2, { columns: 100, rows: 24 });
    progress.tell(starting(1, 0), starting(2, 0));
    const said = progress.tell(started(3));
    expect(said.startsWith(`${TWO_UP}boot 3/3: bring-up 3, 4 trials;`)).toBe(true);
    progress.close();
    expect(progress.text()).toBe(TWO_UP);
  });

  test("no more lines move than the terminal has room for, and none is longer", () => {
    const progress = written(3, { columns: 30, rows: 4 });
    const said = progress.tell(starting(1, 0), starting(2, 0), starting(3, 0));
    const lines = (said.split(`${ESCAPE}[J`).at(-1) ?? "").split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThan(30);
    progress.close();
  });
});
