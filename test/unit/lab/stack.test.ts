import { describe, expect, it } from "vitest";
import type { Completed } from "../../../src/core/base/command.ts";
import { ok } from "../../../src/core/base/problem.ts";
import type { Machine } from "../../../src/lab/ports.ts";
import { createStack, type StackOptions } from "../../../src/lab/stack.ts";

const signal = new AbortController().signal;

describe("a machine whose facts cannot be read to their end", () => {
  it.each([
    [{ kind: "lost", what: "its hypervisor ended" }, "machine-lost"],
    [{ kind: "timed-out", limitSeconds: 120 }, "no-answer"],
  ] as const)("is not measured, because it %j", async (end, code) => {
    const kept: string[] = [];
    const stack = createStack({
      ...on(machineThat((script) => (script.includes("section kernel") ? end : undefined))),
      clock: { now: () => "2026-01-01T00:00:00.000Z", seconds: () => 0 },
      emit: () => {},
      onMachine: async ({ facts }) => {
        kept.push(facts);
        return [];
      },
    });
    expect(await stack.reach(0, signal)).toMatchObject({ ok: false, problems: [{ code, at: "L0" }] });
    expect(kept).toEqual([]);
  });

  it("is measured where all was read", async () => {
    const kept: string[] = [];
    const stack = createStack({
      ...on(machineThat(() => undefined)),
      clock: { now: () => "2026-01-01T00:00:00.000Z", seconds: () => 0 },
      emit: () => {},
      onMachine: async ({ facts }) => {
        kept.push(facts);
        return [];
      },
    });
    expect((await stack.reach(0, signal)).ok).toBe(true);
    expect(kept).toEqual(["== kernel\n6.1\n"]);
  });
});

/** Says the same to every command, and ends it as it is told to. */
function machineThat(ends: (script: string) => Completed["end"] | undefined): Machine {
  return {
    name: "L0",
    run: async ({ argv }) => ({
      end: ends(argv[2] ?? "") ?? { kind: "exited", code: 0 },
      stdout: "== kernel\n6.1\n",
      stderr: "",
      seconds: 0,
    }),
    spawn: () => Promise.reject(new Error("not asked for")),
    shell: async () => 0,
    lost: new Promise(() => {}),
    diagnose: async () => undefined,
    dispose: async () => {},
  };
}

/** A stack of one level, whose machine is this one. */
function on(machine: Machine): Pick<StackOptions, "base" | "steps"> {
  const size = { cpus: 1, memoryBytes: 2 ** 30 };
  return {
    base: machine,
    steps: [
      {
        level: 0,
        driver: "simulated",
        launch: { argv: [], ...size, pace: 1, measured: size },
        check: async () => [],
        start: async () => ok(machine),
      },
    ],
  };
}
