import { shellCommand, succeeded } from "../../core/base/command.ts";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import type { MachineDesign, MachineState } from "../../core/study/settings/setting.ts";
import { unanswered } from "../../lab/answered.ts";
import type { Machine, PlatformStep } from "../../lab/ports.ts";

export interface DesignedMachine {
  readonly design: MachineDesign;
  /** dvirt does not change a host of the `user`: a state that is not there already is refused. */
  readonly owner: "dvirt" | "user";
  readonly parentOwner: "dvirt" | "user";
  /** Huge pages of 2 MiB that the parent reserves while the machine is up. */
  readonly hugePages: number;
}

/** A step that brings its machine into the state of its design, and checks that it is in it. */
export function designedStep(step: PlatformStep, designed: DesignedMachine): PlatformStep {
  const { design, hugePages, parentOwner } = designed;
  if (design.onMachine.length === 0 && hugePages === 0) return step;
  return {
    ...step,
    start: async (parent, signal) => {
      const reserved = await reserve(parent, hugePages, parentOwner, step.level, signal);
      if (reserved !== undefined) return failed(reserved);
      const started = await step.start(parent, signal);
      const settled = started.ok ? await settle(started.value, designed, step.level, signal) : started;
      if (hugePages === 0 || parentOwner === "user") return settled;
      if (!settled.ok) {
        await giveBack(parent);
        return settled;
      }
      const machine = settled.value;
      return ok({
        ...machine,
        // Pages that stay reserved would be missing to what is measured on the parent on the way down.
        dispose: async () => {
          await machine.dispose();
          await giveBack(parent);
        },
      });
    },
  };
}

async function settle(
  machine: Machine,
  { design, owner }: DesignedMachine,
  level: number,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  for (const state of design.onMachine) {
    const { set, holds } = state;
    const script = owner === "user" || set === undefined ? holds : `${set}\n${holds}`;
    const done = await machine.run({ argv: ["sh", "-c", script], timeoutSeconds: 60 }, signal);
    if (succeeded(done)) continue;
    await machine.dispose();
    const silent = unanswered("bringing it into the state of the study's settings", done, machine);
    return failed(silent ?? (owner === "user" ? hostProblem(state) : notInForce(level, script, done.stderr)));
  }
  return ok(machine);
}

function notInForce(level: number, script: string, said: string): Problem {
  return {
    code: "setting-not-in-force",
    at: `L${level}`,
    what: `L${level} came up, but not in the state that the study's settings want: ${script.split("\n").join("; ")}`,
    hint: "dvirt shell brings the machine up to look at, without the setting in the study",
    evidence: said,
  };
}

/**
 * States of L0's designs in which the user's host is not. They are checked before anything is measured: otherwise a
 * factor's second value would be refused only after the first was measured.
 */
export async function hostProblems(
  designs: readonly MachineDesign[],
  host: Machine,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const states = new Map(designs.flatMap(({ onMachine }) => onMachine).map((state) => [state.holds, state]));
  const problems: Problem[] = [];
  for (const state of states.values()) {
    const done = await host.run({ argv: ["sh", "-c", state.holds], timeoutSeconds: 60 }, signal);
    if (!succeeded(done)) problems.push(hostProblem(state));
  }
  return problems;
}

function hostProblem({ set, holds }: MachineState): Problem {
  const yourself = set === undefined ? "start the host's kernel so" : `as root: ${set}`;
  return {
    code: "host-not-changed",
    at: "L0",
    what: `on real hardware L0 is this host, which dvirt does not change, and the study's settings want another state of it: ${holds}`,
    hint: `${yourself}; or name the guests alone (L1.…, L2.…), or --hardware emulated`,
  };
}

/** $1 pages; caches are dropped only where that is needed. Prints how many pages there are. */
const RESERVE = `
try() { echo "$1" >/proc/sys/vm/nr_hugepages; got=$(cat /proc/sys/vm/nr_hugepages); [ "$got" -ge "$1" ]; }
try "$1" && exit 0
echo 3 >/proc/sys/vm/drop_caches; echo 1 >/proc/sys/vm/compact_memory
try "$1" && exit 0
echo 0 >/proc/sys/vm/nr_hugepages
echo "$got"; exit 1`;

const FREE_PAGES = `free=$(awk '/^HugePages_Free:/ {print $2}' /proc/meminfo); echo "$free"; [ "$free" -ge "$1" ]`;

async function reserve(
  parent: Machine,
  pages: number,
  owner: DesignedMachine["owner"],
  level: number,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  if (pages === 0) return undefined;
  const script = owner === "user" ? FREE_PAGES : RESERVE;
  const done = await parent.run(shellCommand(script, 120, "reserve", String(pages)), signal);
  if (succeeded(done)) return undefined;
  const below = `L${level - 1}`;
  const silent = unanswered(`making room for L${level}`, done, parent);
  if (silent !== undefined) return silent;
  return {
    code: "no-huge-pages",
    at: `L${level}`,
    what: `L${level} needs ${pages} huge pages of 2 MiB, and ${below} has ${done.stdout.trim() || "none"}`,
    hint:
      owner === "user"
        ? `sysctl vm.nr_hugepages=${pages} on this host, which dvirt does not change`
        : `a larger resources.reserve.memory, so that ${below} has more to give`,
    evidence: done.stderr,
  };
}

async function giveBack(parent: Machine): Promise<void> {
  await parent.run(shellCommand("echo 0 >/proc/sys/vm/nr_hugepages", 60), AbortSignal.timeout(60_000));
}
