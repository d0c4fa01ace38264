import { type Command, type Completed, endText, succeeded } from "../core/base/command.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import type { Machine } from "./ports.ts";

/** Why what a command printed is no answer; undefined where it came to its own end, whatever that says. */
export function unanswered(
  what: string,
  { end, stderr }: Completed,
  { name }: Pick<Machine, "name">,
): Problem | undefined {
  if (end.kind === "exited") return undefined;
  return {
    code: end.kind === "lost" ? "machine-lost" : "no-answer",
    at: name,
    what: `${what} did not come to its end: ${endText(end)}`,
    evidence: stderr,
  };
}

/** What a command printed that has to succeed. */
export async function answered(
  what: string,
  command: Command,
  machine: Machine,
  signal: AbortSignal,
): Promise<Result<string>> {
  const done = await machine.run(command, signal);
  signal.throwIfAborted();
  if (succeeded(done)) return ok(done.stdout);
  return failed(
    unanswered(what, done, machine) ?? {
      code: "not-settled",
      at: machine.name,
      what: `${what} did not work: ${endText(done.end)}`,
      evidence: done.stderr,
    },
  );
}
