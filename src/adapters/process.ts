import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Command, Completed } from "../core/command.ts";
import type { Child } from "../lab/ports.ts";

/**
 * Children die with dvirt, however it ends: the kernel kills them when their parent is gone, and one that
 * was started too late to be told so notices that its parent is another. Each has its own process group,
 * so that a Ctrl-C on the terminal does not reach it before the teardown does.
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

const ERRORS_KEPT = 16_384;

/** Starts a process on this host whose standard input and output are one stream. */
export function startProcess(argv: readonly string[]): Child {
  const child = owned(argv);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-ERRORS_KEPT);
  });
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  });
  child.stdin.on("error", () => {}); // a dead reader shows as the end of the process
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on("error", () => {});
  return { stream, errors: () => errors, ended, kill: () => killGroup(child) };
}

/** Runs a command on this host to its end, its limit or the abort. */
export function runProcess(command: Command, signal: AbortSignal): Promise<Completed> {
  const begun = process.hrtime.bigint();
  return new Promise((resolve) => {
    const [stdout, stderr]: Buffer[][] = [[], []];
    let ended: Completed["end"] | undefined;
    const child = owned(command.argv);
    const stop = (end: Completed["end"]) => {
      ended ??= end;
      killGroup(child);
      settle(); // a grandchild may hold the pipes open for ever
    };
    const timer = setTimeout(
      () => stop({ kind: "timed-out", limitSeconds: command.timeoutSeconds }),
      command.timeoutSeconds * 1000,
    );
    const onAbort = () => stop({ kind: "lost", what: "stopped by the user" });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve({
        end: ended ?? { kind: "lost", what: "no exit status" },
        stdout: Buffer.concat(stdout ?? []).toString("utf8"),
        stderr: Buffer.concat(stderr ?? []).toString("utf8"),
        seconds: Number(process.hrtime.bigint() - begun) / 1e9,
      });
    };
    child.stdout.on("data", (chunk: Buffer) => stdout?.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr?.push(chunk));
    child.on("error", (error) => stop({ kind: "lost", what: error.message }));
    child.on("close", (code, killer) => {
      ended ??= killer === null ? { kind: "exited", code: code ?? 0 } : { kind: "killed", signal: killer };
      settle();
    });
    child.stdin.on("error", () => {}); // a command may end without reading its input
    child.stdin.end(command.stdin ?? "");
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
