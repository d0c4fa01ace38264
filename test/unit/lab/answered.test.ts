import { expect, test } from "vitest";
import type { Completed } from "../../../src/core/base/command.ts";
import { answered, unanswered } from "../../../src/lab/answered.ts";
import type { Machine } from "../../../src/lab/ports.ts";

const COMMAND = { argv: ["true"], timeoutSeconds: 1 };

const completed = (end: Completed["end"]): Completed => ({ end, stdout: "out", stderr: "err", seconds: 1 });

function asked(end: Completed["end"], signal = new AbortController().signal) {
  const machine: Machine = {
    name: "L1",
    run: async () => completed(end),
    spawn: () => Promise.reject(new Error("nothing is spawned")),
    shell: () => Promise.reject(new Error("nobody has a shell")),
    lost: new Promise(() => {}),
    diagnose: async () => undefined,
    dispose: async () => {},
  };
  return answered("the question", COMMAND, machine, signal);
}

test("a command that succeeds is answered by what it printed", async () => {
  expect(await asked({ kind: "exited", code: 0 })).toEqual({ ok: true, value: "out" });
});

test.each([
  [{ kind: "exited", code: 3 }, "not-settled", "the question did not work: exit code 3"],
  [{ kind: "lost", what: "gone" }, "machine-lost", "the question did not come to its end: "],
  [{ kind: "timed-out", limitSeconds: 1 }, "no-answer", "the question did not come to its end: "],
  [{ kind: "killed", signal: "SIGKILL" }, "no-answer", "the question did not come to its end: "],
] as const)("%j is told with its place and its words", async (end, code, what) => {
  expect(await asked(end)).toMatchObject({
    ok: false,
    problems: [{ code, at: "L1", what: expect.stringContaining(what), evidence: "err" }],
  });
});

test("an interrupt is neither an answer nor a failure of the machine", async () => {
  const reason = new Error("SIGINT");
  await expect(asked({ kind: "lost", what: "gone" }, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test("an end of its own is an answer, whatever it says", () => {
  expect(unanswered("it", completed({ kind: "exited", code: 7 }), { name: "L0" })).toBeUndefined();
});
