import type { Duplex } from "node:stream";
import { connectSsh } from "../../adapters/machine/ssh.ts";
import { optional } from "../../core/base/optional.ts";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import type { Child, LaunchPlan, Machine } from "../../lab/ports.ts";
import { patienceWith, patientMachine } from "../pace.ts";

export interface GuestLaunch {
  readonly level: number;
  readonly launch: LaunchPlan;
  readonly privateKey: string;
  /** The machine's seconds are instructions, and what the host sends would move them. */
  readonly counted?: true;
  /** Settles with the reason when it is known to hang, unless its hypervisor has ended. */
  readonly hangs?: (ended: Promise<unknown>) => Promise<string>;
  /** Where the parent keeps the guest's console. */
  readonly consoleLog: string;
}

/** Starts a hypervisor on the parent and returns the guest behind its standard input and output. */
export async function startGuest(
  guest: GuestLaunch,
  parent: Machine,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  const spawned = await parent.spawn(guest.launch.argv, signal);
  if (!spawned.ok) return spawned;
  const hypervisor = spawned.value;
  return guestOver({ stream: hypervisor.stream, hypervisor }, guest, parent, signal);
}

/** A stream that ends in a guest, and the hypervisor that carries it: a process on the parent. */
export interface GuestChannel {
  readonly stream: Duplex;
  readonly hypervisor: Child;
}

export async function guestOver(
  { stream, hypervisor }: GuestChannel,
  guest: GuestLaunch,
  parent: Machine,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  const name = `L${guest.level}`;
  const saidLast = () => lastWords(hypervisor, guest.consoleLog, parent);
  const unhurried = { pace: guest.launch.pace, ...optional({ counted: guest.counted }) };
  const patience = patienceWith(unhurried);
  const connected = await connectSsh(
    {
      name,
      stream,
      privateKey: guest.privateKey,
      answerLimitSeconds: bootLimitSeconds(guest.level) * patience,
      silenceLimitSeconds: guest.counted ? undefined : silenceLimitSeconds(guest.level) * patience,
      carrierEnded: hypervisor.ended,
      stopCarrier: () => hypervisor.kill(),
      ...(guest.hangs === undefined ? {} : { hangs: guest.hangs(hypervisor.ended) }),
      lastWords: saidLast,
    },
    signal,
  );
  if (connected.ok) return ok(patientMachine(connected.value, unhurried));
  if (signal.aborted) return connected;
  // Where the parent itself is gone, its own last words say why; the stack adds them.
  const evidence = (await parent.diagnose()) === undefined ? await saidLast() : "";
  return failed(
    ...connected.problems.map(
      (problem): Problem => ({ ...problem, what: `${name} did not boot: ${problem.what}`, evidence }),
    ),
  );
}

/** What a hypervisor said last, and the end of its log on the parent. */
export async function lastWords(hypervisor: Child, log: string, parent: Machine): Promise<string> {
  const end = { argv: ["tail", "-n", "200", log], timeoutSeconds: 20 };
  const said = await parent.run(end, AbortSignal.timeout(20_000));
  return [hypervisor.errors(), endOfConsole(said.stdout)].filter((text) => text.trim() !== "").join("\n");
}

const END_LINES = 40;

/** The last 40 lines of a console; more where a kernel began to say earlier why it ends: its traces can be longer. */
export function endOfConsole(text: string): string {
  const lines = text.split("\n");
  const cause = lines.findIndex((line) => /Kernel panic|BUG: |Oops: /.test(line));
  const last = Math.max(0, lines.length - END_LINES);
  return lines.slice(cause < 0 ? last : Math.min(cause, last)).join("\n");
}

/**
 * A boot takes about 4, 10 and 15 s at L0, L1 and L2 of an emulated computer, four times that on a busy host,
 * and each level deeper many times more. Short enough that a hung boot is noticed and tried again.
 */
function bootLimitSeconds(level: number): number {
  return 60 * 2.5 ** level;
}

/**
 * A request is answered within a tenth of a second at L0 and half a second at L2 of an emulated computer; some ten
 * times that beside a workload, and again some five times that on a busy host.
 */
function silenceLimitSeconds(level: number): number {
  return 60 * 1.5 ** level;
}
