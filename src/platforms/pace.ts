import type { Machine } from "../lab/ports.ts";

/**
 * How many times longer things take than on a computer that QEMU emulates, where L0 answers after 4 s and L1 after 10.
 * First guesses of times and every limit follow from it.
 */
export const PACE = {
  real: 0.25,
  qemu: 1,
  /** Where QEMU counts instructions on one thread, two stacks side by side on two CPUs: L0 answers after 18 s. */
  counted: 2.5,
  /** L0 answers after 35 to 50 s and L1 after 50 to 60, twice that on a busy host. */
  hercules: 6,
  bochs: 8,
} as const;

/** How many times longer a guest of Xen takes than one of KVM: it answered after 40 s instead of 17. */
export const XEN_PACE = 2.5;

/** The pace of a computer whose emulator is itself emulated: it answered after four to nine minutes instead of 17 s. */
export const EMULATED_TWICE_PACE = 20;

/**
 * How many times longer a wait may last than on a computer that QEMU emulates, where limits are some fifteen times
 * what was seen. That is enough for slower machines too, so a hung one of those is noticed sooner.
 */
function patienceFor(pace: number): number {
  return Math.min(Math.max(pace, 1), 8);
}

/** In counted time a slow host is not a hung machine: what hangs is found by its registers (qemu/standstill.ts). */
const COUNTED_PATIENCE = 4;

/** How many times longer a wait may last for a machine, as it was launched. */
export function patienceWith({ pace, counted }: Unhurried): number {
  return counted ? Math.max(patienceFor(pace), COUNTED_PATIENCE) : patienceFor(pace);
}

export interface Unhurried {
  readonly pace: number;
  readonly counted?: true;
}

/** The machine with as many times longer for every command. */
export function patientMachine(machine: Machine, of: Unhurried): Machine {
  const factor = patienceWith(of);
  return {
    ...machine,
    run: (command, signal) =>
      machine.run({ ...command, timeoutSeconds: command.timeoutSeconds * factor }, signal),
  };
}
