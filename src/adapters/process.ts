import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Command, Completed } from "../core/base/command.ts";
import type { Child } from "../lab/ports.ts";
import { execute, lastSaid } from "./execution.ts";

/**
 * Children die with dvirt, however it ends: the kernel kills them when their parent is gone. A child that starts after
 * dvirt's end sees that it has another parent, and ends. Each child has its own process group, so that a Ctrl-C on the
 * terminal does not reach it before the teardown does.
 */
function owned(argv: readonly string[]): ChildProcessWithoutNullStreams {
  const guard = 'test "$PPID" = "$1" || exit 125; shift; exec "$@"';
  return spawn("setpriv", ["--pdeathsig", "KILL", "sh", "-c", guard, "sh", String(process.pid), ...argv], {
    detached: true,
    stdio: "pipe",
  });
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // the group is not there yet, or not there any more
  }
}

/** Starts a process on this host whose standard input and output are one stream. */
export function startProcess(argv: readonly string[]): Child {
  const child = owned(argv);
  const ended = new Promise<Completed["end"]>((resolve) => whenEnded(child, resolve));
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on("error", () => {});
  return { stream, errors: lastSaid(child.stderr), ended, kill: () => killGroup(child) };
}

/** Runs a command on this host to its end, its limit or the abort. */
export function runProcess(command: Command, signal: AbortSignal): Promise<Completed> {
  return execute(command, signal, ({ stdout, stderr, end }) => {
    const child = owned(command.argv);
    child.stdout.on("data", stdout);
    child.stderr.on("data", stderr);
    whenEnded(child, end);
    child.stdin.end(command.stdin ?? "");
    return () => killGroup(child);
  });
}

function whenEnded(child: ChildProcessWithoutNullStreams, end: (end: Completed["end"]) => void): void {
  child.stdin.on("error", () => {}); // it may end without reading its input
  child.on("error", (error) => end({ kind: "lost", what: error.message }));
  child.on("close", (code, signal) =>
    end(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "killed", signal }),
  );
}
