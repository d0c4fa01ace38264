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

/** Hercules gives interpretive execution to L0, and to none of its guests. */
const DEEPEST = 1;

/** An emulated mainframe with the interpretive-execution facility (SIE): Linux in its partition, KVM in that. */
export const s390xHercules: Platform = {
  name: NAME,
  deepest: DEEPEST,
  needs: async (cache) => {
    const { "qemu-system-s390x": _, ...needed } = await labNeeds("s390x", cache);
    return { ...needed, hercules: "hercules" };
  },
  lock: LAB_LOCK,
  prepare,
  preview: (study, _hardware, hostCpus) =>
    herculesSteps({ study, ...previewedLab(study, flatTopology(hostCpus)) }).map((step) => step.launch),
};

async function prepare(options: PrepareOptions): Promise<Result<PreparedPlatform>> {
  const { study, cache, say, signal } = options;
  const hopeless = [
    ...herculesProblems(study),
    ...resourceProblems(study, "emulated", await hostResources(cache)),
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

/** What of a study this platform cannot do, told before anything is built. */
export function herculesProblems(study: Study): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (code: string, what: string, hint: string) =>
    problems.push({ code, at: study.name, what, hint });
  if (study.levels > DEEPEST) {
    refuse(
      "too-deep",
      `${NAME} has no L${DEEPEST + 1}: Hercules gives SIE, the instruction that runs a guest, to L0 alone`,
      `levels: ${DEEPEST}, or --levels ${DEEPEST}`,
    );
  }
  if (study.hardware === "real") {
    refuse(
      "not-on-real-hardware",
      `${NAME} is a mainframe that Hercules emulates, and the study wants real hardware`,
      "--hardware emulated",
    );
  }
  const settings = [...Object.keys(study.settings), ...Object.keys(study.factors)];
  if (settings.length > 0) {
    refuse("settings-not-here", `${NAME} has no ${settings.join(", no ")}`, "leave settings and factors out");
  }
  if (study.resources.pin === true) {
    refuse("no-pinning-here", `${NAME} pins no processors`, "resources without pin");
  }
  return problems;
}

interface StepsInput extends HostLab {
  readonly study: Study;
}

/** The fold: the mainframe, and a guest of KVM on it. Pure, so that a plan can print every argv. */
function herculesSteps(input: StepsInput): readonly PlatformStep[] {
  const { study, files, publicKey, privateKey } = input;
  const folder = join(dirname(files.consoleLog), "mainframe");
  const measuredAt = measuredSizes(study, input.hostCpus);
  return levelSizes(study, input.hostCpus).map((size, level): PlatformStep => {
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
