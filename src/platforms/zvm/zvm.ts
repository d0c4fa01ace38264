import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import type { Study } from "../../core/study/study.ts";
import { CP_FACTS } from "../../core/zvm/cp.ts";
import type { PlatformStep, ReadyPlatform } from "../../lab/ports.ts";
import type { Platform, SetUpOptions } from "../platform.ts";
import { prepareTargets, ssh, sshLaunches } from "../ssh/ssh.ts";
import { BOOT_PATIENCE_SECONDS } from "../ssh/ssh-target.ts";
import { guestDriver } from "./zvm-driver.ts";
import type { GuestDriver } from "./zvm-guest.ts";

/** Guests of z/VM, brought up afresh for each boot; what is below them stays up. */
export const zvm: Platform = {
  name: "zvm",
  machines: { kind: "given", guests: "started" },
  needs: ssh.needs,
  setUp: prepareZvm,
  preview: sshLaunches,
};

/** Said before the run and in its report. */
const NOTES = [
  "the driver for z/VM was written after its documentation and tried against a stand-in only, never on a z/VM: look at what it did (docs/zvm.md), and please report what you find",
  "the guests that the study names were brought up afresh in each boot; what is below them, a partition or a z/VM, stayed up over all boots, and where it lies in memory was drawn once",
];

interface LevelGuest {
  readonly level: number;
  readonly driver: GuestDriver;
}

async function prepareZvm(options: SetUpOptions): Promise<Result<ReadyPlatform>> {
  const { study, say, signal } = options;
  const guests = guestsOf(study);
  const answers: { level: number; answer: string }[] = [];
  for (const { level, driver } of guests) {
    const checked = await driver.check(signal);
    if (!checked.ok) return checked;
    answers.push({ level, answer: checked.value });
  }
  const patience = { first: BOOT_PATIENCE_SECONDS, again: BOOT_PATIENCE_SECONDS };
  const up: LevelGuest[] = [];
  let prepared: Result<ReadyPlatform> | undefined;
  let left: readonly Problem[] = [];
  try {
    for (const guest of guests) {
      say(`L${guest.level}: starting its guest, to look at it`);
      up.push(guest);
      const started = await guest.driver.start(signal);
      if (!started.ok) return started;
    }
    prepared = await prepareTargets(options, {
      patience,
      notes: NOTES,
      replicate: { kind: "boot", guests: answers },
    });
  } finally {
    // A level is measured before the next one is up, so all go down again, deepest first.
    left = await stopAll(up);
  }
  if (!prepared.ok) return prepared;
  if (left.length > 0) return failed(...left);
  const { steps } = prepared.value;
  return ok({
    ...prepared.value,
    steps: (condition) =>
      steps(condition).map((step) => {
        const guest = guests.find(({ level }) => level === step.level);
        return guest === undefined ? withCpFacts(step) : guestStep(withCpFacts(step), guest.driver);
      }),
  });
}

function guestsOf(study: Study): readonly LevelGuest[] {
  const { levels = [], config } = study.targets ?? {};
  const launches = sshLaunches(study);
  return levels.slice(0, study.levels + 1).flatMap(({ guest }, level): LevelGuest[] => {
    const launch = launches[level];
    if (guest === undefined || launch === undefined) return [];
    return [{ level, driver: guestDriver(`L${level} (${guest.user})`, guest, launch, config) }];
  });
}

/** Bounded, and not by the run's own signal: what was started is stopped whatever ended the run. */
const STOP_LIMIT_MILLISECONDS = 300_000;

async function stopAll(guests: readonly LevelGuest[]): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { level, driver } of [...guests].reverse()) problems.push(...(await stop(level, driver)));
  return problems;
}

async function stop(level: number, driver: GuestDriver): Promise<readonly Problem[]> {
  const signal = AbortSignal.timeout(STOP_LIMIT_MILLISECONDS);
  try {
    return await driver.stop(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return [
      {
        code: "guest-not-stopped",
        at: `L${level}`,
        what: `its guest was still not logged off after ${STOP_LIMIT_MILLISECONDS / 1000} s`,
        hint: "vmcp QUERY USERID shows its state",
      },
    ];
  }
}

function withCpFacts(step: PlatformStep): PlatformStep {
  return { ...step, moreFacts: `${step.moreFacts ?? ""}${CP_FACTS}` };
}

/** A step whose machine is started before it is connected to, and stopped when it is given back. */
function guestStep(step: PlatformStep, driver: GuestDriver): PlatformStep {
  // Where it is still there after that, the next bring-up's check says so.
  const end = () => stop(step.level, driver);
  return {
    ...step,
    driver: "zvm",
    check: async (parent, signal) => {
      const found = await driver.check(signal);
      return found.ok ? step.check(parent, signal) : found.problems;
    },
    start: async (parent, signal) => {
      const started = await driver.start(signal);
      const reached = started.ok ? await step.start(parent, signal) : started;
      if (!reached.ok) {
        await end();
        return reached;
      }
      const machine = reached.value;
      return ok({
        ...machine,
        dispose: async () => {
          await machine.dispose();
          await end();
        },
      });
    },
  };
}
