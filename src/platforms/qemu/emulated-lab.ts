import { alwaysEmulated, type MadePlatform, madePlatform } from "../made-platform.ts";
import type { Platform } from "../platform.ts";
import { qemuSteps } from "./qemu-steps.ts";

/** A platform whose L0 always runs on a computer that QEMU emulates, whatever this host is. */
export function emulatedPlatform(
  platform: Pick<MadePlatform, "name" | "architecture" | "limits" | "hypervisors">,
): Platform {
  const { name, architecture } = platform;
  return madePlatform({
    ...platform,
    machines: { kind: "made", hardware: "emulated", timing: "of the study" },
    ground: alwaysEmulated(`${name} is always emulated`),
    steps: (stack) => qemuSteps({ architecture, ...stack }),
  });
}
