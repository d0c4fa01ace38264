import type { Completed } from "../../core/command.ts";
import { failed } from "../../core/problem.ts";
import type { Machine } from "../../lab/ports.ts";

/** One recorded execution. */
export interface Recorded {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly completed: Completed;
}

/** Answers with what was recorded on a real machine; a command that was not recorded is a lost channel. */
export function replayMachine(name: string, recording: readonly Recorded[]): Machine {
  let disposed = false;
  return {
    name,
    run: async (command, signal) => {
      const found = recording.find(
        (one) =>
          one.argv.join("\0") === command.argv.join("\0") && (one.stdin ?? "") === (command.stdin ?? ""),
      );
      if (found !== undefined && !disposed && !signal.aborted) return found.completed;
      const what = disposed ? "the machine was disposed" : `not recorded: ${command.argv.join(" ")}`;
      return { end: { kind: "lost", what }, stdout: "", stderr: "", seconds: 0 };
    },
    spawn: async (argv) =>
      failed({ code: "not-recorded", at: name, what: `a replay cannot start ${argv[0]}` }),
    shell: async () => 1,
    lost: new Promise(() => {}),
    diagnose: async () => (disposed ? "the machine was disposed" : undefined),
    dispose: async () => {
      disposed = true;
    },
  };
}

/** The same machine, writing down what it is asked and what it answers. */
export function recordingMachine(machine: Machine, recording: Recorded[]): Machine {
  return {
    ...machine,
    run: async (command, signal) => {
      const completed = await machine.run(command, signal);
      recording.push({
        argv: command.argv,
        ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
        completed,
      });
      return completed;
    },
  };
}
