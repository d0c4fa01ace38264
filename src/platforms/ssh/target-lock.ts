import { firstLine } from "../../adapters/execution.ts";
import type { SshTarget } from "../../adapters/machine/openssh.ts";
import { sessionRefused, sessionsProblem } from "../../adapters/machine/openssh-problem.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import type { Target } from "../../core/study/targets.ts";

/** A lock on the target, held until the connection ends: two runs at once would measure each other. */
export async function takeTarget(
  machine: SshTarget,
  target: Target,
  signal: AbortSignal,
): Promise<Result<SshTarget>> {
  const holder = await machine.spawn(["sh", "-c", LOCK, "lock", target.folder], signal);
  const said = holder.ok ? await firstLine(holder.value) : "";
  if (said === "locked") return ok(machine);
  const evidence = holder.ok ? holder.value.errors() : "";
  await machine.dispose();
  signal.throwIfAborted();
  const at = `${machine.name} (${target.host})`;
  if (sessionRefused(evidence)) return failed(sessionsProblem(at, evidence));
  if (said === "open") {
    return failed({
      code: "no-rights",
      at,
      what: `the folder ${target.folder} is not this login's own, is a link, or can be written by others: what lies there is run with this login's rights`,
      hint: "see whose it is and remove it, or another folder for this target in the study, which dvirt makes",
      evidence,
    });
  }
  if (said !== "busy") {
    return failed({
      code: "no-room",
      at,
      what: `the folder ${target.folder} cannot be made, or there is no flock`,
      hint: "another folder for this target in the study, one that this login may make",
      evidence,
    });
  }
  return failed({
    code: "target-busy",
    at,
    what: "another dvirt holds this target",
    hint: "wait for it, or stop it where it runs: two runs at once would measure each other",
  });
}

/**
 * $1 the folder, where nobody but this login may put anything: images from it are mounted and run. The lock is named for the
 * address that was reached, as machines may share a file system; waited for a little, as a connection that was cut may still
 * be cleaning up.
 */
export const LOCK = `
umask 077
[ -L "$1" ] || mkdir -p -m 700 "$1" || exit 1
open() { echo open; exit 1; }
[ ! -L "$1" ] && [ -O "$1" ] || open
case $(LC_ALL=C ls -ld "$1") in d????-??-?*) ;; *) open ;; esac
name=$(echo "$SSH_CONNECTION" | cut -d' ' -f3 | tr -c 'A-Za-z0-9.\\n' -)
[ ! -L "$1/lock-$name" ] || open
exec 9>>"$1/lock-$name"
flock -w 10 9 || { [ $? -eq 1 ] && echo busy; exit 1; }
echo locked
cat >/dev/null`;
