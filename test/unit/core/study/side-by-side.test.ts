import { describe, expect, test } from "vitest";
import type { Machines } from "../../../../src/core/study/abilities.ts";
import {
  disturbanceProblem,
  type SideBySide,
  stacksSideBySide,
} from "../../../../src/core/study/side-by-side.ts";

const GIB = 2 ** 30;
const MADE: Machines = { kind: "made", hardware: "emulated", timing: "counted" };
const IMAGINED: Machines = { kind: "imagined", commandSeconds: 0 };
const GIVEN: Machines = { kind: "given", guests: "stay up" };

/** Six boots in counted time on a host with room for three stacks and four CPUs. */
const ROOMY: SideBySide = {
  asked: undefined,
  machines: MADE,
  timing: "counted",
  boots: 6,
  host: { cpus: 4, availableMemoryBytes: 10 * GIB, freeDiskBytes: 100 * GIB },
  each: { memoryBytes: 3 * GIB, diskBytes: GIB },
};
const stacks = (change: Partial<SideBySide>) => stacksSideBySide({ ...ROOMY, ...change });
const host = (change: Partial<SideBySide["host"]>) => ({ host: { ...ROOMY.host, ...change } });

describe("where time is counted and nobody says how many", () => {
  test.each<[string, Partial<SideBySide>, number]>([
    ["memory, of which a tenth is left to the host", {}, 3],
    ["memory that would be used up to the last", host({ availableMemoryBytes: 9 * GIB }), 2],
    ["CPUs", host({ cpus: 2 }), 2],
    ["disk", host({ freeDiskBytes: 1.5 * GIB }), 1],
    ["boots", { boots: 2 }, 2],
    ["one, whatever lacks", host({ cpus: 1, availableMemoryBytes: GIB }), 1],
    ["one, where no boot is left that waits for no other", { boots: 0 }, 1],
  ])("there are as many as allowed by %s", (_, change, expected) => {
    expect(stacks(change)).toEqual({ ok: true, value: expected });
  });
});

describe("where somebody says how many", () => {
  test("there are as many, with more than there are CPUs, and never more than boots", () => {
    expect(stacks({ asked: 3, ...host({ cpus: 1 }) })).toEqual({ ok: true, value: 3 });
    expect(stacks({ asked: 1 })).toEqual({ ok: true, value: 1 });
    expect(stacks({ asked: 50, boots: 2 })).toEqual({ ok: true, value: 2 });
  });

  test("more than there is memory or disk for are refused, with how many there may be", () => {
    const room = { code: "memory-does-not-fit", at: "--parallel" };
    expect(stacks({ asked: 4 })).toMatchObject({ ok: false, problems: [{ ...room, hint: "--parallel 3" }] });
    expect(stacks({ asked: 2, ...host({ freeDiskBytes: GIB }) })).toMatchObject({
      ok: false,
      problems: [{ ...room, hint: "--parallel 1", what: expect.stringContaining("2 GiB of disk") }],
    });
  });
});

describe("where boots would disturb each other", () => {
  test("there is one, and more are refused as wrong", () => {
    for (const timing of ["wall", "functional"] as const) {
      const machines: Machines = { kind: "made", hardware: "either", timing };
      expect(stacks({ machines, timing })).toEqual({ ok: true, value: 1 });
      expect(stacks({ machines, timing, asked: 1 })).toEqual({ ok: true, value: 1 });
      expect(stacks({ machines, timing, asked: 2 })).toMatchObject({
        ok: false,
        problems: [{ code: "bad-option", at: "--parallel", what: expect.stringContaining("disturb") }],
      });
    }
    expect(disturbanceProblem(2, GIVEN, "wall")?.what).toContain("the same machines");
  });

  test("the time of this run decides, not what the platform's usually is", () => {
    expect(stacks({ timing: "wall" })).toEqual({ ok: true, value: 1 });
    expect(disturbanceProblem(2, MADE, "wall")).toBeDefined();
    expect(disturbanceProblem(2, MADE, "counted")).toBeUndefined();
  });
});

test("figures that are drawn disturb nobody: as many as somebody says, else one", () => {
  const none = { machines: IMAGINED, timing: "wall", ...host({ cpus: 1, availableMemoryBytes: 0 }) } as const;
  expect(stacks(none)).toEqual({ ok: true, value: 1 });
  expect(stacks({ ...none, asked: 4 })).toEqual({ ok: true, value: 4 });
});
