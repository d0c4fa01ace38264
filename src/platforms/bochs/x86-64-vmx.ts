import { settings } from "../../core/study/settings/index.ts";
import { alwaysEmulated, madePlatform } from "../made-platform.ts";
import { PACE } from "../pace.ts";
import { qemuSteps } from "../qemu/qemu-steps.ts";
import { bochsStep } from "./computer.ts";
import { BIOS, ISOLINUX, LDLINUX, TERMINAL_PLUGIN, VGA_BIOS } from "./config.ts";

const NAME = "x86_64-vmx";
const ARCHITECTURE = "x86_64";

/** Intel VMX on the study's own core, emulated by Bochs; its clock counts instructions. One processor. */
export const x86Vmx = madePlatform({
  name: NAME,
  architecture: ARCHITECTURE,
  machines: { kind: "made", hardware: "emulated", timing: "counted" },
  limits: {
    deepest: 2,
    bottom: "each level takes many times as long as the one below it, and none was ever tried below L2",
    settings: settings.map(({ name }) => name),
    cpus: 1,
  },
  emulator: {
    "bochs-bin": "bochs",
    [TERMINAL_PLUGIN]: "bochs-term",
    [BIOS]: "bochsbios",
    [VGA_BIOS]: "vgabios",
    [ISOLINUX]: "isolinux",
    [LDLINUX]: "syslinux-common",
    xorriso: "xorriso",
  },
  ground: alwaysEmulated(`${NAME} is always emulated`),
  // L0 on Bochs, everything deeper as on any other computer.
  steps: (stack) =>
    qemuSteps({
      architecture: ARCHITECTURE,
      computer: {
        step: (spec, privateKey, given) =>
          bochsStep({ spec, bootKernel: stack.bootKernel, privateKey, given }),
        pace: PACE.bochs,
      },
      ...stack,
    }),
});
