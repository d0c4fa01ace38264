import type { Duplex } from "node:stream";
import type { Command, Completed } from "../core/base/command.ts";
import type { Problem, Result } from "../core/base/problem.ts";
import type { Timing } from "../core/base/timing.ts";
import type { Driver } from "../core/machine/driver.ts";
import type { Origin, Provenance } from "../core/machine/provenance.ts";
import type { TimedText } from "../core/machine/snapshot.ts";
import type { Size } from "../core/study/resources-policy.ts";
import type { StudyData } from "../core/study/study.ts";
import type { WorkPlace } from "../core/study/workload.ts";

/**
 * Something that runs commands: this host, an emulated computer, a guest, a guest of a guest.
 * One conformance suite (test/conformance) holds every implementation to this text.
 */
export interface Machine {
  /** For messages: `host`, `L0`, `L1`. */
  readonly name: string;
  /** Runs to the end, the limit or the abort; never rejects for what the command or the channel did. */
  run(command: Command, signal: AbortSignal): Promise<Completed>;
  /** Starts a process whose standard input and output become one stream. */
  spawn(argv: readonly string[], signal: AbortSignal): Promise<Result<Child>>;
  /** An interactive shell on this machine, until it ends; the exit code. */
  shell(terminal: Terminal, signal: AbortSignal): Promise<number>;
  /** Settles when the machine cannot be reached any more, with the reason. */
  readonly lost: Promise<string>;
  /** Why it was lost and what it last said (console, hypervisor); undefined while it can be reached. */
  diagnose(): Promise<string | undefined>;
  /** Ends the machine and everything that runs on it. Idempotent; never rejects. */
  dispose(): Promise<void>;
}

/** A process on a machine, seen from outside. */
export interface Child {
  readonly stream: Duplex;
  /** The end of what it wrote to standard error. */
  errors(): string;
  readonly ended: Promise<Completed["end"]>;
  kill(): void;
}

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * One fold step: turns a machine into the next one. Everything that can be known beforehand is in
 * `launch`, which `dvirt plan` prints.
 */
export interface PlatformStep {
  /** The level that the new machine is. */
  readonly level: number;
  readonly driver: Driver;
  readonly launch: LaunchPlan;
  /** Asks the parent whether the step can work there; problems carry the remedy. */
  check(parent: Machine, signal: AbortSignal): Promise<readonly Problem[]>;
  /** On failure nothing is left behind. */
  start(parent: Machine, signal: AbortSignal): Promise<Result<Machine>>;
  /** Makes the control group of the measured size on the new machine; absent where nothing is confined. */
  readonly confine?: Command;
  /** Shell that prints further sections of the machine's facts. */
  readonly moreFacts?: string;
  /** Run on the parent once the machine answers: pins its vCPUs and prints to what. */
  readonly pin?: Command;
}

export interface LaunchPlan extends Size {
  readonly argv: readonly string[];
  /** How many times longer things take there than on a computer that QEMU emulates. */
  readonly pace: number;
  /** The part of the machine that is measured. */
  readonly measured: Size;
  /** CPUs of the parent to which the machine's own are pinned, in order; absent where they are not. */
  readonly pinnedTo?: readonly number[];
}

/** A platform set up for one study on one machine: the base, the fold's steps, and how to name things. */
export interface ReadyPlatform extends Pick<RunRecord, "hardware" | "timing"> {
  readonly base: Machine;
  /** L0 first, as a condition of the study makes them; without one, as the first does. `stack`: absent, the first. */
  steps(condition: number | undefined, stack?: StackName): readonly PlatformStep[];
  /** Lays out what so many stacks side by side need on this host; absent where one needs nothing for itself. */
  readonly makeRoom?: (stacks: number) => Promise<void>;
  /** What workloads find on a machine of a level. */
  place(level: number): WorkPlace;
  /** `nothing`: the stack does not stand on the base, which only reaches it; absent, the base is watched too. */
  readonly watched?: "nothing";
  readonly origin: Origin;
  dispose(): Promise<void>;
}

/** Which stack steps are to make. */
export interface StackName {
  readonly boot: number;
  /** 1-based: of the places for stacks side by side, the one that it has for itself. */
  readonly slot: number;
}

export type Hardware = "real" | "emulated" | "simulated";

export interface RunRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly study: StudyData;
  readonly seed: number;
  readonly hardware: Hardware;
  /** What the machines' seconds are. */
  readonly timing: Timing;
  readonly provenance: Provenance;
  /** Absent where the study has one platform. */
  readonly group?: GroupPlace;
}

/** Where a run stands among those of its study's platforms. */
export interface GroupPlace {
  /** The group's name. */
  readonly id: string;
  /** 1-based, in the order of the study. */
  readonly place: number;
}

/** A study on several platforms: one run for each, which may not have begun yet. */
export interface GroupRecord {
  readonly id: string;
  readonly createdAt: string;
  /** One for each platform, in the order of the study. */
  readonly studies: readonly StudyData[];
  /** Of every run. */
  readonly seed: number;
}

/** One machine that came up: its launch, how long it took, and its facts as raw text. */
export interface MachineRecord {
  readonly boot: number;
  /** As in its trials. */
  readonly condition?: number;
  readonly bringUp: number;
  readonly level: number;
  readonly driver: Driver;
  readonly argv: readonly string[];
  readonly launchedAt: string;
  /** From launch to the first command answered. */
  readonly readySeconds: number;
  /** From that answer until it may be measured: its facts were read, and the workloads' programs. */
  readonly settleSeconds: number;
  /** From the launch of the stack's first machine. */
  readonly sinceLaunchSeconds: number;
  readonly facts: string;
  /** What may change later, as it was when the machine came up. */
  readonly snapshot: TimedText;
}

/** Wall and monotonic time as an argument, so that tests and simulations can choose. */
export interface Clock {
  /** ISO 8601 in UTC. */
  now(): string;
  /** Monotonic seconds. */
  seconds(): number;
}
