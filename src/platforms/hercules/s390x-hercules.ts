import { dirname, join } from "node:path";
import { levelSizes, measuredSizes } from "../../core/study/level-sizes.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import { alwaysEmulated, type MadeStack, madePlatform } from "../made-platform.ts";
import { PACE } from "../pace.ts";
import { filesOnParent, GUEST_DISKS } from "../steps/guest-spec.ts";
import { mainframeStep } from "./mainframe.ts";
import { sieStep } from "./sie.ts";

/** An emulated mainframe with the interpretive-execution facility (SIE): Linux in its partition, KVM in that. */
export const s390xHercules = madePlatform({
  name: "s390x-hercules",
  architecture: "s390x",
  machines: { kind: "made", hardware: "emulated", timing: "functional" },
  limits: {
    deepest: 1,
    bottom: "Hercules gives SIE, the instruction that runs a guest, to L0 alone",
    settings: [],
    cpus: 1, // guests of Hercules with more were not tried
    pinning: "none",
  },
  emulator: { hercules: "hercules" },
  ground: alwaysEmulated("a mainframe that Hercules emulates, with interpretive execution (SIE)"),
  steps: herculesSteps,
});

/** The fold: the mainframe, and a guest of KVM on it. */
function herculesSteps(stack: MadeStack): readonly PlatformStep[] {
  const { study, hostCpus, files, publicKey, privateKey } = stack;
  const folder = join(dirname(files.consoleLog), "mainframe");
  const measuredAt = measuredSizes(study, hostCpus);
  return levelSizes(study, hostCpus).map((size, level): PlatformStep => {
    const measured = measuredAt[level] ?? size;
    if (level === 0) return mainframeStep({ size, measured, files, folder, publicKey, privateKey });
    return sieStep(
      {
        level,
        size,
        publicKey,
        scratchCache: study.scratch.cache,
        ...(study.resources.policy === "over-committed" ? { memory: "over-committed" } : {}),
        files: filesOnParent(level, GUEST_DISKS, files),
      },
      privateKey,
      { measured, pace: PACE.hercules },
    );
  });
}
