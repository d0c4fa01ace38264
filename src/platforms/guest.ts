import { connectSsh } from "../adapters/machine/ssh.ts";
import { failed, type Problem, type Result } from "../core/problem.ts";
import type { LaunchPlan, Machine } from "../lab/ports.ts";

export interface GuestLaunch {
  readonly level: number;
  readonly launch: LaunchPlan;
  readonly privateKey: string;
  /** Where the parent keeps the guest's console. */
  readonly consoleLog: string;
}

/** Starts a hypervisor on the parent and returns the guest behind its standard input and output. */
export async function startGuest(guest: GuestLaunch, parent: Machine, signal: AbortSignal): Promise<Result<Machine>> {
  const name = `L${guest.level}`;
  const spawned = await parent.spawn(guest.launch.argv, signal);
  if (!spawned.ok) return spawned;
  const hypervisor = spawned.value;
  const connected = await connectSsh(
    {
      name,
      stream: hypervisor.stream,
      privateKey: guest.privateKey,
      answerLimitSeconds: bootLimitSeconds(guest.level),
      carrierEnded: hypervisor.ended,
      stopCarrier: () => hypervisor.kill(),
    },
    signal,
  );
  if (connected.ok || signal.aborted) return connected;
  const log = await parent.run(
    { argv: ["tail", "-n", "12", guest.consoleLog], timeoutSeconds: 20 },
    signal,
  );
  return failed(
    ...connected.problems.map(
      (problem): Problem => ({
        ...problem,
        what: `${name} did not boot: ${problem.what}`,
        hint: "the text below is the end of the hypervisor's errors and of the guest's console",
        evidence: [hypervisor.errors(), log.stdout].filter((text) => text.trim() !== "").join("\n"),
      }),
    ),
  );
}

/** A boot takes about 4, 12 and 17 s at L0, L1 and L2 of an emulated computer; each level deeper, many times more. */
function bootLimitSeconds(level: number): number {
  return 120 + 120 * level * level;
}
