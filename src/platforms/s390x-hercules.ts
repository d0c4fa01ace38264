import { dirname, join } from "node:path";
import { localMachine } from "../adapters/machine/local.ts";
import { levelSizes, measuredSizes } from "../core/level-sizes.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { resourceProblems } from "../core/resources.ts";
import type { Study } from "../core/study.ts";
import { flatTopology } from "../core/topology.ts";
import { ensureImage } from "../images/build.ts";
import { guestRecipe } from "../images/recipe.ts";
import type { PlatformStep, PreparedPlatform } from "../lab/ports.ts";
import { GUEST_DISKS, GUEST_KERNEL } from "./guest-spec.ts";
import {
  type HostLab,
  hostResources,
  imageRecord,
  labNeeds,
  layOut,
  previewedLab,
  takeAway,
} from "./host-lab.ts";
import { mainframeStep } from "./mainframe.ts";
import { LAB_LOCK, type Platform, type PrepareOptions } from "./platform.ts";
import { workPlace } from "./qemu-steps.ts";
import { sieStep } from "./sie.ts";

const NAME = "s390x-hercules";

/** Of every level, whatever the host has: guests of Hercules with more processors were not tried. */
const CPUS = 1;

/** An emulated mainframe with the interpretive-execution facility (SIE): Linux in its partition, KVM in that. */
export const s390xHercules: Platform = {
  name: NAME,
  limits: {
    deepest: 1,
    bottom: "Hercules gives SIE, the instruction that runs a guest, to L0 alone",
    hardware: "emulated",
    settings: [],
  },
  needs: async (cache) => {
    const { "qemu-system-s390x": _, ...needed } = await labNeeds("s390x", cache);
    return { ...needed, hercules: "hercules" };
  },
  slower: 6,
  lock: LAB_LOCK,
  prepare,
  preview: (study) =>
    herculesSteps({ study, ...previewedLab(study, flatTopology(CPUS)) }).map((step) => step.launch),
};

async function prepare(options: PrepareOptions): Promise<Result<PreparedPlatform>> {
  const { study, cache, say, signal } = options;
  const hopeless = [
    ...herculesProblems(study),
    ...resourceProblems(study, "emulated", { ...(await hostResources(cache)), cpus: CPUS }),
  ];
  if (hopeless.length > 0) return failed(...hopeless);
  const host = localMachine();
  const image = await ensureImage(await guestRecipe("s390x"), cache, host, say, signal);
  if (!image.ok) return image;
  const lab = await layOut(options, image.value, host);
  if (!lab.ok) return lab;
  return ok({
    hardware: "emulated",
    timing: "functional",
    base: host,
    steps: () => herculesSteps({ study, ...lab.value }),
    place: (level) => workPlace("emulated", level),
    record: {
      hardware: "a mainframe that Hercules emulates, with interpretive execution (SIE)",
      ...imageRecord(image.value),
    },
    dispose: () => takeAway(options),
  });
}

/** What of a study this platform cannot do beside its limits, told before anything is built. */
export function herculesProblems({ name, resources }: Study): readonly Problem[] {
  if (resources.pin !== true) return [];
  return [
    {
      code: "no-pinning-here",
      at: name,
      what: `${NAME} pins no processors`,
      hint: "resources without pin",
    },
  ];
}

interface StepsInput extends HostLab {
  readonly study: Study;
}

/** The fold: the mainframe, and a guest of KVM on it. Pure, so that a plan can print every argv. */
function herculesSteps(input: StepsInput): readonly PlatformStep[] {
  const { study, files, publicKey, privateKey } = input;
  const folder = join(dirname(files.consoleLog), "mainframe");
  const measuredAt = measuredSizes(study, CPUS);
  return levelSizes(study, CPUS).map((size, level): PlatformStep => {
    const measured = measuredAt[level] ?? size;
    if (level === 0) return mainframeStep({ size, measured, files, folder, publicKey, privateKey });
    return sieStep(
      {
        level,
        size,
        publicKey,
        scratchCache: study.scratch.cache,
        ...(study.resources.policy === "over-committed" ? { memory: "over-committed" } : {}),
        files: {
          ...GUEST_KERNEL,
          rootDisk: GUEST_DISKS.rootDisk,
          scratchDisk: GUEST_DISKS.scratchDisk,
          ...(files.dataDisk === undefined ? {} : { dataDisk: GUEST_DISKS.dataDisk }),
          consoleLog: `/run/dvirt/L${level}.console`,
        },
      },
      privateKey,
      { measured },
    );
  });
}
