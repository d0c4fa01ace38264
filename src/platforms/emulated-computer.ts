import type { PlatformStep } from "../lab/ports.ts";
import { type Given, givenLaunch, givenSettling } from "./given.ts";
import { startGuest } from "./guest.ts";
import type { GuestSpec } from "./guest-spec.ts";
import { patientStep } from "./patient-step.ts";
import { emulatedComputerArgv } from "./qemu.ts";

/** A computer that QEMU emulates with its virtualization extensions: L0, or a guest on a machine without any. */
export function emulatedComputerStep(spec: GuestSpec, privateKey: string, given?: Given): PlatformStep {
  const launch = { argv: emulatedComputerArgv(spec), ...givenLaunch(spec, given) };
  const step: PlatformStep = {
    level: spec.level,
    driver: "qemu-tcg",
    launch,
    ...givenSettling(spec, given),
    check: async () => [], // whatever runs QEMU can emulate
    start: (parent, signal) =>
      startGuest(
        {
          level: spec.level,
          launch,
          privateKey,
          consoleLog: spec.files.consoleLog,
          ...(spec.level === 0 ? {} : { patience: EMULATED_GUEST_PATIENCE }),
        },
        parent,
        signal,
      ),
  };
  return spec.level === 0 ? step : patientStep(step, EMULATED_GUEST_PATIENCE);
}

/** A guest that is emulated on an emulated computer needs minutes for everything: its emulator is itself emulated. */
const EMULATED_GUEST_PATIENCE = 6;
