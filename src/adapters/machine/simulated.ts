import { setTimeout as wait } from "node:timers/promises";
import type { Command, Completed } from "../../core/base/command.ts";
import { failed } from "../../core/base/problem.ts";
import type { Machine } from "../../lab/ports.ts";

export interface SimulatedOptions {
  readonly name: string;
  /** What the machine answers: a whole execution or just its output; undefined for a command that it does not know. */
  readonly answer: (command: Command) => Pick<Completed, "end" | "stdout" | "stderr"> | string | undefined;
  /** How long each command takes, in seconds. */
  readonly commandSeconds: number;
}

/** A machine that exists in this process only: it answers from known truth and measures nothing. */
export function simulatedMachine(options: SimulatedOptions): Machine {
  let declareLost: (what: string) => void = () => {};
  let gone: string | undefined;
  const lost = new Promise<string>((resolve) => {
    declareLost = resolve;
  });
  const run = async (command: Command, signal: AbortSignal): Promise<Completed> => {
    const none = { stdout: "", stderr: "", seconds: options.commandSeconds };
    if (gone !== undefined) return { end: { kind: "lost", what: gone }, ...none };
    const seconds = Math.min(options.commandSeconds, command.timeoutSeconds);
    const stopped = await wait(seconds * 1000, false, { signal }).catch(() => true);
    if (stopped) return { end: { kind: "lost", what: "stopped by the user" }, ...none };
    if (gone !== undefined) return { end: { kind: "lost", what: gone }, ...none };
    if (options.commandSeconds > command.timeoutSeconds) {
      return { end: { kind: "timed-out", limitSeconds: command.timeoutSeconds }, ...none };
    }
    const answer = options.answer(command);
    if (answer === undefined) {
      return { end: { kind: "exited", code: 127 }, ...none, stderr: `${command.argv[0]}: not simulated\n` };
    }
    if (typeof answer === "string") return { end: { kind: "exited", code: 0 }, ...none, stdout: answer };
    if (answer.end.kind === "lost") {
      gone = answer.end.what;
      declareLost(gone);
    }
    return { ...answer, seconds: options.commandSeconds };
  };
  return {
    name: options.name,
    run,
    spawn: async (argv) =>
      failed({ code: "simulated", at: options.name, what: `a simulated machine cannot start ${argv[0]}` }),
    shell: async () => 1,
    lost,
    diagnose: async () => gone,
    dispose: async () => {
      gone ??= "the machine was disposed";
      declareLost(gone);
    },
  };
}
