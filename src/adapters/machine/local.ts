import { spawn } from "node:child_process";
import { ok } from "../../core/base/problem.ts";
import type { Machine } from "../../lab/ports.ts";
import { runProcess, startProcess } from "../process.ts";

/** The machine that dvirt itself runs on. */
export function localMachine(name = "host"): Machine {
  return {
    name,
    run: runProcess,
    spawn: async (argv) => ok(startProcess(argv)),
    shell: (_terminal, signal) => interactive(["sh", "-i"], signal),
    lost: new Promise(() => {}),
    diagnose: async () => undefined,
    dispose: async () => {},
  };
}

/** Hands this process's own terminal to a command until it ends. */
export function interactive(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const [file = "sh", ...rest] = argv;
  return new Promise((resolve) => {
    const child = spawn(file, rest, { stdio: "inherit", signal, killSignal: "SIGKILL" });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}
