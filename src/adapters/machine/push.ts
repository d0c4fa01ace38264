import { basename, dirname } from "node:path";
import { type Command, type Completed, endText, succeeded } from "../../core/base/command.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import type { Machine } from "../../lab/ports.ts";
import { sha256OfFile } from "../files.ts";
import { startProcess } from "../process.ts";

/**
 * Copies a file of this host to another machine, unless just these bytes are there already, and keeps its holes; after a
 * failure nothing has its name.
 */
export async function pushFile(
  machine: Machine,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  const shell = (script: string, ...words: readonly string[]): Command => ({
    argv: ["sh", "-c", script, "push", ...words],
    timeoutSeconds: 600,
  });
  const hash = await sha256OfFile(from);
  if (succeeded(await machine.run(shell(IS_THERE, to, hash), signal))) return ok(to);
  signal.throwIfAborted();
  const problem = (what: string, evidence: string) =>
    failed({
      code: "push-failed",
      at: machine.name,
      what: `${basename(from)} could not be copied there: ${what}`,
      hint: "the folder of the target needs room for it, and the target GNU tar and sha256sum",
      evidence,
    });
  const sent = await send(machine, from, `${to}.partly`, signal);
  if (!sent.ok) return sent;
  const { end, evidence } = sent.value;
  if (end.kind !== "exited" || end.code !== 0) return problem(endText(end), evidence);
  const settled = await machine.run(shell(SETTLE, to, basename(from), hash), signal);
  signal.throwIfAborted();
  return succeeded(settled)
    ? ok(to)
    : problem(`it differs from what was sent (${endText(settled.end)})`, settled.stderr);
}

/** $1 the file's name, $2 its hash; what a link leads to is not ours. */
const IS_THERE = 'test -s "$1" && test ! -L "$1" && [ "$(sha256sum <"$1")" = "$2  -" ]';

/** $1 the file's final name, $2 its name here, $3 its hash. */
const SETTLE =
  'set -e; cd "$1.partly"; echo "$3  $2" | sha256sum -c >/dev/null; mv "$2" "$1"; rmdir "$1.partly"';

/** Packs the file here and unpacks it in a folder there; how the unpacking ended, and what both said. */
async function send(
  machine: Machine,
  from: string,
  folder: string,
  signal: AbortSignal,
): Promise<Result<{ readonly end: Completed["end"]; readonly evidence: string }>> {
  const unpack = ["sh", "-c", 'mkdir -p "$1" && exec tar -xSf - -C "$1"', "push", folder];
  const spawned = await machine.spawn(unpack, signal);
  if (!spawned.ok) return spawned;
  const receiver = spawned.value;
  const sender = startProcess(["tar", "-C", dirname(from), "-cSf", "-", basename(from)]);
  const stop = () => {
    sender.kill();
    receiver.kill();
  };
  signal.addEventListener("abort", stop, { once: true });
  sender.stream.pipe(receiver.stream);
  sender.stream.end(); // tar reads nothing
  receiver.stream.resume();
  const end = await receiver.ended;
  signal.removeEventListener("abort", stop);
  sender.kill();
  signal.throwIfAborted();
  return ok({ end, evidence: `${sender.errors()}${receiver.errors()}` });
}
