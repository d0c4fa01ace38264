import { describe, expect, it } from "vitest";
import { endText } from "../../src/core/base/command.ts";
import type { Machine } from "../../src/lab/ports.ts";

/** What every Machine promises, whatever is behind it. */
export const COMMANDS = {
  say: { argv: ["printf", "%s\n", "one two", "it's", '$HOME "quoted"', "*"], timeoutSeconds: 60 },
  both: { argv: ["sh", "-c", "echo out; echo err >&2; exit 3"], timeoutSeconds: 60 },
  input: { argv: ["cat"], stdin: "first line\nsecond — line\n", timeoutSeconds: 60 },
  noInput: { argv: ["cat"], timeoutSeconds: 60 },
  absent: { argv: ["sh", "-c", "exec dvirt-no-such-command"], timeoutSeconds: 60 },
} as const;

/** Only machines that run real processes can keep all promises; one that is `told` its answers keeps the first of them. */
export type Kind = "real" | "told";

/** `patience`: how many times longer than asked the machine lets a command take. */
export function machineConformance(name: string, kind: Kind, get: () => Machine, patience = 1): void {
  const signal = AbortSignal.timeout(600_000);
  describe(`${name} keeps the promises of a Machine`, () => {
    it("passes every argument through as it is", async () => {
      const done = await get().run(COMMANDS.say, signal);
      expect(done.end).toEqual({ kind: "exited", code: 0 });
      expect(done.stdout).toBe('one two\nit\'s\n$HOME "quoted"\n*\n');
    });

    it("keeps standard output, standard error and the exit code apart", async () => {
      const done = await get().run(COMMANDS.both, signal);
      expect(done.end).toEqual({ kind: "exited", code: 3 });
      expect([done.stdout, done.stderr]).toEqual(["out\n", "err\n"]);
      expect(done.seconds).toBeGreaterThanOrEqual(0);
    });

    it("gives a command its input, and end of file where there is none", async () => {
      expect((await get().run(COMMANDS.input, signal)).stdout).toBe(COMMANDS.input.stdin);
      expect((await get().run(COMMANDS.noInput, signal)).stdout).toBe("");
    });

    it("reports a command that does not exist as its shell does", async () => {
      expect((await get().run(COMMANDS.absent, signal)).end).toEqual({ kind: "exited", code: 127 });
    });

    it("answers a lost command, and never rejects, when the signal has aborted already", async () => {
      const done = await get().run(COMMANDS.say, AbortSignal.abort());
      expect(done.end.kind).toBe("lost");
    });

    it("says that it can be reached", async () => {
      expect(await get().diagnose()).toBeUndefined();
    });

    if (kind === "told") return;

    // A guest's guest on a slow host takes seconds to start a process.
    const startSeconds = async () => (await get().run(COMMANDS.say, signal)).seconds;

    it("cuts off what exceeds its limit, with what it had printed", async () => {
      const argv = ["sh", "-c", "echo begun; sleep 600"];
      const timeoutSeconds = Math.ceil((2 + 10 * (await startSeconds())) / patience);
      const done = await get().run({ argv, timeoutSeconds }, signal);
      expect(done.end).toEqual({ kind: "timed-out", limitSeconds: timeoutSeconds * patience });
      expect(done.stdout).toBe("begun\n");
    });

    it("stops a command when the signal aborts, and nothing of it goes on", async () => {
      const controller = new AbortController();
      const start = await startSeconds();
      const running = get().run({ argv: ["sleep", "5432"], timeoutSeconds: 600 }, controller.signal);
      setTimeout(() => controller.abort(), 1000 + 5000 * start);
      expect((await running).end.kind).toBe("lost");
      const gone =
        "for n in $(seq 20); do pgrep -fx 'sleep 5432' >/dev/null || exec echo none; sleep 1; done";
      const look = { argv: ["sh", "-c", gone], timeoutSeconds: 120 };
      expect((await get().run(look, signal)).stdout).toBe("none\n");
    });

    it("runs several commands side by side", async () => {
      const all = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          get().run({ argv: ["sh", "-c", `sleep 1; echo ${n}`], timeoutSeconds: 60 }, signal),
        ),
      );
      expect(all.map((done) => done.stdout)).toEqual(["1\n", "2\n", "3\n", "4\n"]);
    });

    it("carries a mebibyte of bytes through a process both ways unchanged", async () => {
      const started = await get().spawn(["cat"], signal);
      if (!started.ok) throw new Error(JSON.stringify(started.problems));
      const sent = Buffer.alloc(
        2 ** 20,
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
      );
      const { stream } = started.value;
      const got: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => got.push(chunk));
      stream.end(sent);
      await started.value.ended;
      expect(Buffer.concat(got).equals(sent)).toBe(true);
    });

    it("says how a process that it killed has ended", async () => {
      const started = await get().spawn(["sleep", "600"], signal);
      if (!started.ok) throw new Error(JSON.stringify(started.problems));
      started.value.kill();
      expect(endText(await started.value.ended)).toMatch(/kill|closed/i);
    });
  });
}
