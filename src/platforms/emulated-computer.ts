import type { PlatformStep } from "../lab/ports.ts";
import type { Given } from "./given.ts";
import type { GuestSpec } from "./guest-spec.ts";
import { hypervisorStep } from "./hypervisor-step.ts";
import { patientStep } from "./patient-step.ts";
import { emulatedComputerArgv } from "./qemu.ts";

/** A guest that is emulated on an emulated computer needs minutes for everything: its emulator is itself emulated. */
const EMULATED_GUEST_PATIENCE = 6;

/** A computer that QEMU emulates with its virtualization extensions: L0, or a guest on a machine without any. */
export function emulatedComputerStep(spec: GuestSpec, privateKey: string, given?: Given): PlatformStep {
  const patience = spec.level === 0 ? 1 : EMULATED_GUEST_PATIENCE;
  const step = hypervisorStep(
    spec,
    // Whatever runs QEMU can emulate.
    { driver: "qemu-tcg", argv: emulatedComputerArgv(spec), check: undefined, patience },
    privateKey,
    given,
  );
  return patience === 1 ? step : patientStep(step, patience);
}
