import { ok, type Result } from "../core/problem.ts";
import type { Machine, PlatformStep } from "../lab/ports.ts";

/** The same machine, every command with so many times its limit: for machines that are slower than limits were made for. */
function patientMachine(machine: Machine, factor: number): Machine {
  return {
    ...machine,
    run: (command, signal) =>
      machine.run({ ...command, timeoutSeconds: command.timeoutSeconds * factor }, signal),
  };
}

/** A step whose machine is given more time for everything. */
export function patientStep(step: PlatformStep, factor: number): PlatformStep {
  return {
    ...step,
    start: async (parent, signal): Promise<Result<Machine>> => {
      const started = await step.start(parent, signal);
      return started.ok ? ok(patientMachine(started.value, factor)) : started;
    },
  };
}
