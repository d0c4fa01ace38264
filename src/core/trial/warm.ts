import { type Command, shellCommand } from "../base/command.ts";
import type { Workload } from "../study/workload.ts";

/** $@ programs. Reads them, the libraries that they load and the files that go by their name. */
const WARM = `
paths= folders=
for program; do
  path=$(command -v "$program") && paths="$paths $path"
  [ ! -d "/usr/share/$program" ] || folders="$folders /usr/share/$program"
done
cat $paths $(ldd $paths 2>/dev/null | grep -o '/[^ )]*[^: )]') $([ -z "$folders" ] || find $folders -type f) >/dev/null
perl -MTime::HiRes -e 1
true
`;

/** Has a machine read what the workloads' programs need of its root disk, so that no trial waits for that disk. */
export function warmingCommand(workloads: readonly Workload[]): Command {
  const programs = new Set(workloads.flatMap(({ kind }) => kind.needs).map(({ name }) => name));
  return shellCommand(WARM, 300, "warm", ...programs);
}
