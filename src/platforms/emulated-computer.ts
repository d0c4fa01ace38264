import type { PlatformStep } from "../lab/ports.ts";
import { startGuest } from "./guest.ts";
import { emulatedComputerArgv, type GuestSpec } from "./qemu.ts";

/** L0 on a computer that QEMU emulates, with its virtualization extensions. */
export function emulatedComputerStep(spec: GuestSpec, privateKey: string): PlatformStep {
  const launch = {
    argv: emulatedComputerArgv(spec),
    memoryBytes: spec.size.memoryBytes,
    cpus: spec.size.cpus,
  };
  return {
    level: spec.level,
    driver: "qemu-tcg",
    launch,
    check: async () => [], // whatever runs QEMU can emulate
    start: (parent, signal) =>
      startGuest(
        { level: spec.level, launch, privateKey, consoleLog: spec.files.consoleLog },
        parent,
        signal,
      ),
  };
}
