import type { Duplex } from "node:stream";
import { connectSsh } from "../adapters/machine/ssh.ts";
import { failed, type Problem, type Result } from "../core/problem.ts";
import type { Child, LaunchPlan, Machine } from "../lab/ports.ts";

export interface GuestLaunch {
  readonly level: number;
  readonly launch: LaunchPlan;
  readonly privateKey: string;
  /** Where the parent keeps the guest's console. */
  readonly consoleLog: string;
  /** How many times longer a boot or an answer may take than on a computer that QEMU emulates; absent: 1. */
  readonly patience?: number;
}

/** Starts a hypervisor on the parent and returns the guest behind its standard input and output. */
export async function startGuest(
  guest: GuestLaunch,
  parent: Machine,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  const spawned = await parent.spawn(guest.launch.argv, signal);
  return spawned.ok ? guestOver(spawned.value.stream, spawned.value, guest, parent, signal) : spawned;
}

/** The guest behind a stream that its hypervisor, a process on the parent, carries. */
export async function guestOver(
  stream: Duplex,
  hypervisor: Child,
  guest: GuestLaunch,
  parent: Machine,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  const name = `L${guest.level}`;
  const lastWords = async () => {
    const console = await parent.run(
      { argv: ["tail", "-n", "40", guest.consoleLog], timeoutSeconds: 20 },
      AbortSignal.timeout(20_000),
    );
    return [hypervisor.errors(), console.stdout].filter((text) => text.trim() !== "").join("\n");
  };
  const connected = await connectSsh(
    {
      name,
      stream,
      privateKey: guest.privateKey,
      answerLimitSeconds: bootLimitSeconds(guest.level) * (guest.patience ?? 1),
      silenceLimitSeconds: silenceLimitSeconds(guest.level) * (guest.patience ?? 1),
      carrierEnded: hypervisor.ended,
      stopCarrier: () => hypervisor.kill(),
      lastWords,
    },
    signal,
  );
  if (connected.ok || signal.aborted) return connected;
  // Where the parent itself is gone, its own last words say why; the stack adds them.
  const evidence = (await parent.diagnose()) === undefined ? await lastWords() : "";
  return failed(
    ...connected.problems.map(
      (problem): Problem => ({ ...problem, what: `${name} did not boot: ${problem.what}`, evidence }),
    ),
  );
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
