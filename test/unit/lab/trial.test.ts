import { describe, expect, it } from "vitest";
import type { Command, Completed } from "../../../src/core/base/command.ts";
import { SNAPSHOT_SCRIPT } from "../../../src/core/machine/snapshot.ts";
import type { Machine } from "../../../src/lab/ports.ts";
import { executeTrial, type TrialInput } from "../../../src/lab/trial.ts";

const signal = new AbortController().signal;
const WORK = { prepare: [], measured: { argv: ["work"], timeoutSeconds: 1 }, cleanup: [] };

describe("the snapshots between two trials", () => {
  it("are read once where nothing ran between them", async () => {
    const lab = madeUpLab(2);
    const first = await lab.execute("up", 1);
    const second = await lab.execute("up", 1, { previous: first });
    expect(second.evidence.map(({ before }) => before)).toEqual(first.evidence.map(({ after }) => after));
    expect(second.evidence.map(({ times }) => times?.before)).toEqual(
      first.evidence.map(({ times }) => times?.after),
    );
    expect(second.evidence.map(({ after }) => after)).not.toEqual(first.evidence.map(({ after }) => after));
    expect(lab.snapshots()).toBe(2 * 3);
  });

  it.each([
    [
      "the trial before had something to clean up",
      1,
      { ...WORK, cleanup: [{ argv: ["stop"], timeoutSeconds: 1 }] },
      WORK,
      1,
    ],
    [
      "this one has something to prepare",
      1,
      WORK,
      { ...WORK, prepare: [{ argv: ["start"], timeoutSeconds: 1 }] },
      1,
    ],
    ["the machines came up anew", 1, WORK, WORK, 2],
    ["another level was measured", 0, WORK, WORK, 1],
  ])("are read again where %s", async (_, level, before, now, bringUp) => {
    const lab = madeUpLab(2);
    const first = await lab.execute("up", level, { commands: before });
    const second = await lab.execute("up", 1, { previous: first, commands: now, bringUp });
    expect(second.evidence.map(({ before: text }) => text)).not.toEqual(
      first.evidence.map(({ after }) => after),
    );
    expect(lab.snapshots()).toBe(2 * (level + 1) + 2 * 2);
  });

  it("are read again where the trial before lost its machine", async () => {
    const lab = madeUpLab(2);
    lab.loseNext();
    const first = await lab.execute("up", 1);
    expect(first.completed.end.kind).toBe("lost");
    await lab.execute("up", 1, { previous: first });
    expect(lab.snapshots()).toBe(2 + 4);
  });
});

describe("a snapshot that ended early", () => {
  it("is asked for once more where the machine is there", async () => {
    const lab = madeUpLab(1);
    lab.cutNext({ kind: "killed", signal: "SEGV" });
    const [own] = (await lab.execute("up", 0)).evidence;
    expect(own?.before).toBe("snapshot 2");
    expect(lab.snapshots()).toBe(3);
  });

  it("is kept as it is where the machine hangs or is gone", async () => {
    const lab = madeUpLab(1);
    lab.cutNext({ kind: "timed-out", limitSeconds: 1 });
    const [own] = (await lab.execute("up", 0)).evidence;
    expect(own?.before).toBe("snapshot 1");
  });
});

/** Machines whose snapshots are numbered, so that it shows which of them a trial holds. */
function madeUpLab(levels: number) {
  let taken = 0;
  let time = 0;
  let losing = false;
  let cut: Completed["end"] | undefined;
  const answer = (command: Command): Completed => {
    const done = { stdout: "", stderr: "", seconds: 0 };
    if (command.argv[2] === SNAPSHOT_SCRIPT) {
      const end = cut ?? ({ kind: "exited", code: 0 } as const);
      cut = undefined;
      return { ...done, end, stdout: `snapshot ${++taken}` };
    }
    const lost = losing && command.argv[0] === "work";
    if (lost) losing = false;
    return { ...done, end: lost ? { kind: "lost", what: "reset" } : { kind: "exited", code: 0 } };
  };
  const machines = Array.from(
    { length: levels },
    (_, level): Machine => ({
      name: `L${level}`,
      run: async (command) => answer(command),
      spawn: () => Promise.reject(new Error("not asked for")),
      shell: async () => 0,
      lost: new Promise(() => {}),
      diagnose: async () => undefined,
      dispose: async () => {},
    }),
  );
  const clock = { now: () => "2026-01-01T00:00:00.000Z", seconds: () => ++time };
  return {
    snapshots: () => taken,
    cutNext: (end: Completed["end"]) => {
      cut = end;
    },
    loseNext: () => {
      losing = true;
    },
    execute: (direction: "up" | "down", level: number, different: Partial<TrialInput> = {}) =>
      executeTrial({
        trial: {
          id: `b1-${direction}-L${level}-work-1`,
          boot: 1,
          direction,
          level,
          workload: "work",
          run: 1,
        },
        attempt: 1,
        bringUp: 1,
        commands: WORK,
        confined: [],
        machines: machines.slice(0, level + 1),
        base: undefined,
        timing: "wall",
        previous: undefined,
        clock,
        signal,
        ...different,
      }),
  };
}
