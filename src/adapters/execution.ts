import type { Readable } from "node:stream";
import type { Command, Completed } from "../core/base/command.ts";
import type { Child } from "../lab/ports.ts";
import { keepOutput } from "./kept-output.ts";

/** A command that is being executed: whoever runs it hands over what it says and how it ended. */
export interface Execution {
  readonly stdout: (chunk: Buffer) => void;
  readonly stderr: (chunk: Buffer) => void;
  /** The first end counts. */
  readonly end: (end: Completed["end"]) => void;
}

/** Executes a command to its end, its limit or the abort. `start` begins it and returns what kills it. */
export function execute(
  { timeoutSeconds: limitSeconds }: Command,
  signal: AbortSignal,
  start: (execution: Execution) => () => void,
): Promise<Completed> {
  const begun = process.hrtime.bigint();
  const [stdout, stderr] = [keepOutput(), keepOutput()];
  return new Promise((resolve) => {
    let kill = () => {};
    let over = false;
    const end = (how: Completed["end"]) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      if (how.kind === "timed-out" || how.kind === "lost") kill();
      const leftOutBytes = stdout.leftOut();
      resolve({
        end: how,
        stdout: stdout.text(),
        stderr: stderr.text(),
        ...(leftOutBytes === 0 ? {} : { leftOutBytes }),
        seconds: Number(process.hrtime.bigint() - begun) / 1e9,
      });
    };
    const timer = setTimeout(() => end({ kind: "timed-out", limitSeconds }), limitSeconds * 1000);
    const onAbort = () => end({ kind: "lost", what: "stopped by the user" });
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    kill = start({ stdout: stdout.add, stderr: stderr.add, end });
  });
}

/** The end of what a stream says, as it grows. */
export function lastSaid(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (more: string) => {
    text = (text + more).slice(-16_384);
  });
  return () => text;
}

/** The first line that a process says; what it said without one where it ends. */
export function firstLine({ stream, ended }: Child): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      if (text.length > LINE_CHARACTERS) return;
      text += chunk.toString("utf8");
      const end = text.indexOf("\n");
      if (end >= 0 || text.length > LINE_CHARACTERS) resolve(text.slice(0, end < 0 ? LINE_CHARACTERS : end));
    });
    ended.then(() => resolve(text.trim()));
  });
}

/** Far more than any line that is waited for. */
const LINE_CHARACTERS = 65_536;
