import { basename, dirname } from "node:path";
import { type Command, endText, succeeded } from "../../core/command.ts";
import { failed, ok, type Result } from "../../core/problem.ts";
import type { Machine } from "../../lab/ports.ts";
import { sha256OfFile } from "../files.ts";
import { startProcess } from "../process.ts";

/** A file of this host on another machine, its holes kept: whole and under its hash, or not there at all. */
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
  if (succeeded(await machine.run(shell('test -s "$1"', to), signal))) return ok(to);
  const receiver = await machine.spawn(
    ["sh", "-c", 'mkdir -p "$1" && exec tar -xSf - -C "$1"', "push", `${to}.partly`],
    signal,
  );
  if (!receiver.ok) return receiver;
  const sender = startProcess(["tar", "-C", dirname(from), "-cSf", "-", basename(from)]);
  const stop = () => {
    sender.kill();
    receiver.value.kill();
  };
  signal.addEventListener("abort", stop, { once: true });
  sender.stream.pipe(receiver.value.stream);
  sender.stream.end(); // tar reads nothing
  receiver.value.stream.resume();
  const ended = await receiver.value.ended;
  signal.removeEventListener("abort", stop);
  sender.kill();
  signal.throwIfAborted();
  const problem = (what: string, evidence: string) =>
    failed({
      code: "push-failed",
      at: machine.name,
      what: `${basename(from)} could not be brought there: ${what}`,
      hint: "the folder of the target needs room for it, and the target GNU tar and sha256sum",
      evidence,
    });
  if (ended !== "exit code 0") return problem(ended, `${sender.errors()}${receiver.value.errors()}`);
  const settled = await machine.run(
    shell(
      'set -e; cd "$1.partly"; echo "$3  $2" | sha256sum -c >/dev/null; mv "$2" "$1"; rmdir "$1.partly"',
      to,
      basename(from),
      await sha256OfFile(from),
    ),
    signal,
  );
  signal.throwIfAborted();
  return succeeded(settled)
    ? ok(to)
    : problem(`it differs from what was sent (${endText(settled.end)})`, settled.stderr);
}
