import { localMachine } from "../adapters/machine/local.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import { resourceProblems } from "../core/resources.ts";
import { settings } from "../core/settings/index.ts";
import type { Study } from "../core/study.ts";
import { flatTopology } from "../core/topology.ts";
import { ensureImage } from "../images/build.ts";
import { guestRecipe } from "../images/recipe.ts";
import type { PlatformStep, PreparedPlatform } from "../lab/ports.ts";
import { bochsStep } from "./bochs/computer.ts";
import { BIOS, ISOLINUX, LDLINUX, TERMINAL_PLUGIN, VGA_BIOS } from "./bochs/config.ts";
import {
  type HostLab,
  hostResources,
  imageRecord,
  labNeeds,
  layOut,
  previewedLab,
  takeAway,
} from "./host-lab.ts";
import { patientStep } from "./patient-step.ts";
import { LAB_LOCK, type Platform, type PrepareOptions } from "./platform.ts";
import { qemuSteps, workPlace } from "./qemu-steps.ts";

const NAME = "x86_64-vmx";
const ARCHITECTURE = "x86_64";

/** How many times longer than on a computer that QEMU emulates things take, and may take before they count as hung. */
const SLOWER = 8;

/** Intel VMX on the study's own core, emulated by Bochs; its clock counts instructions. One processor. */
export const x86Vmx: Platform = {
  name: NAME,
  limits: {
    deepest: 2,
    bottom: "each level takes many times as long as the one below it, and none was ever tried below L2",
    hardware: "emulated",
    settings: settings.map(({ name }) => name),
  },
  needs: async (cache) => {
    const { "qemu-system-x86_64": _inTheImageOnly, ...needs } = await labNeeds(ARCHITECTURE, cache);
    return {
      ...needs,
      "bochs-bin": "bochs",
      [TERMINAL_PLUGIN]: "bochs-term",
      [BIOS]: "bochsbios",
      [VGA_BIOS]: "vgabios",
      [ISOLINUX]: "isolinux",
      [LDLINUX]: "syslinux-common",
      xorriso: "xorriso",
    };
  },
  slower: SLOWER,
  lock: LAB_LOCK,
  prepare,
  preview: (study, _hardware, _hostCpus, condition) =>
    vmxSteps(study, condition, "CACHE/vmlinuz", previewedLab(study, flatTopology(1))).map(
      ({ launch }) => launch,
    ),
};

async function prepare(options: PrepareOptions): Promise<Result<PreparedPlatform>> {
  const { study, cache, say, signal } = options;
  const host = localMachine();
  const misfit = resourceProblems(study, "emulated", await hostResources(cache));
  if (misfit.length > 0) return failed(...misfit);
  const image = await ensureImage(await guestRecipe(ARCHITECTURE), cache, host, say, signal);
  if (!image.ok) return image;
  const laidOut = await layOut(options, image.value, host);
  if (!laidOut.ok) return laidOut;
  const lab = { ...laidOut.value, topology: flatTopology(1), hostCpus: 1 };
  return ok({
    hardware: "emulated",
    timing: "counted",
    base: host,
    steps: (condition) => vmxSteps(study, condition, image.value.bootKernel, lab),
    place: (level) => workPlace("emulated", level),
    record: { hardware: `${NAME} is always emulated`, ...imageRecord(image.value) },
    dispose: () => takeAway(options),
  });
}

/** L0 on Bochs, everything deeper as on any other computer. Whatever the host has, there is one processor. */
function vmxSteps(
  study: Study,
  condition: number | undefined,
  bootKernel: string,
  lab: HostLab,
): readonly PlatformStep[] {
  const steps = qemuSteps({
    architecture: ARCHITECTURE,
    study,
    condition,
    hardware: "emulated",
    computer: {
      step: (spec, privateKey, given) => bochsStep(spec, bootKernel, privateKey, SLOWER, given),
      patience: SLOWER,
    },
    ...lab,
  });
  return steps.map((step) => patientStep(step, SLOWER));
}
