import { remove } from "../adapters/files.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { TREE_DISKS } from "../adapters/machine/tree.ts";
import type { Architecture } from "../core/base/architecture.ts";
import { optional } from "../core/base/optional.ts";
import { ok, type Result } from "../core/base/problem.ts";
import type { ChosenHardware } from "../core/doctor/kvm-trial.ts";
import { CONFINED } from "../core/machine/confinement.ts";
import { flatTopology } from "../core/machine/topology.ts";
import type { Abilities, MadeMachines } from "../core/study/abilities.ts";
import { type Ground, groundOf } from "../core/study/clock.ts";
import { imageAdditions } from "../core/study/image-additions.ts";
import type { Study } from "../core/study/study.ts";
import type { WorkPlace } from "../core/study/workload.ts";
import { imageArchitectures } from "../images/architectures.ts";
import { ensureImage, type GuestImage } from "../images/build.ts";
import { guestRecipe, type ImageKind, type ImageWanted } from "../images/recipe.ts";
import type { PlatformStep } from "../lab/ports.ts";
import { type HostLab, imageNeeds, imageProvenance, layOut, layOutSlot, previewedLab } from "./host-lab.ts";
import type { Platform, SetUpOptions } from "./platform.ts";
import { GUEST_DISKS } from "./steps/guest-spec.ts";

/** A platform whose machines dvirt makes on this host, from an image. */
export interface MadePlatform extends Abilities {
  readonly machines: MadeMachines;
  readonly architecture: Architecture;
  /** The kind of image of a study's stacks; absent where it is always the usual one. */
  readonly imageOf?: (study: Study | undefined) => ImageKind;
  /** Files and commands of what makes L0, by Debian package; absent where that is QEMU. */
  readonly emulator?: Readonly<Record<string, string>>;
  /** The emulator's program below L0, where it is not the one on the PATH. */
  readonly program?: (options: SetUpOptions, ground: Ground) => Promise<string | undefined>;
  /** Decides where L0 is, and why. */
  ground(options: SetUpOptions, image: GuestImage): Promise<Result<ChosenHardware>>;
  /** The fold, L0 first. Pure, so that a plan can print every argv. */
  steps(input: MadeStack): readonly PlatformStep[];
}

export interface MadeStack extends HostLab {
  readonly study: Study;
  /** One of the study's conditions; undefined means the first, where there are some. */
  readonly condition: number | undefined;
  readonly ground: Ground;
  /** The emulator's program below L0; absent for the one on the PATH. */
  readonly program?: string;
}

export function madePlatform(platform: MadePlatform): Platform {
  const { architecture, imageOf, emulator, program, ground, steps, ...abilities } = platform;
  const wanted = (study: Study | undefined): ImageWanted =>
    optional({ kind: imageOf?.(study), additions: study && imageAdditions(study) });
  return {
    ...abilities,
    needs: async (cache, study) => ({
      ...(emulator ?? { [`qemu-system-${architecture}`]: imageArchitectures[architecture].hypervisor }),
      setpriv: "util-linux",
      ...(await imageNeeds(architecture, cache, wanted(study))),
    }),
    setUp: async (options) => {
      const { study } = options;
      const image = await ensureImage(await guestRecipe(architecture, wanted(study)), options);
      if (!image.ok) return image;
      const chosen = await ground(options, image.value);
      if (!chosen.ok) return chosen;
      const { hardware, why } = chosen.value;
      const own = groundOf(study, abilities, hardware);
      const laidOut = await layOut(options, image.value, own);
      if (!laidOut.ok) return laidOut;
      const bottom = optional({ program: await program?.(options, own) });
      return ok({
        hardware,
        timing: own.timing,
        base: localMachine(),
        steps: (condition, stack) =>
          steps({ study, condition, ground: own, ...bottom, ...laidOut.value(stack?.slot ?? 1) }),
        makeRoom: async (stacks) => {
          for (let slot = 2; slot <= stacks; slot++) await layOutSlot(options, own, slot);
        },
        place: (level) => workPlace(hardware, level),
        origin: { kind: "made", why, image: imageProvenance(image.value.manifest) },
        dispose: () => remove(options.labFolder), // nothing of a run stays on this host but what is cached
      });
    },
    preview: (study, hardware, hostCpus, condition) => {
      const own = groundOf(study, abilities, hardware);
      const lab = previewedLab(study, flatTopology(own.cpus ?? hostCpus));
      return steps({ study, condition, ground: own, ...lab }).map(({ launch }) => launch);
    },
  };
}

/** L0 is always on an emulated computer. */
export function alwaysEmulated(why: string): MadePlatform["ground"] {
  return async () => ok({ hardware: "emulated", why });
}

/** What workloads find at a level. */
function workPlace(hardware: "real" | "emulated", level: number): WorkPlace {
  const { dataDisk, scratchDisk } = level === 0 && hardware === "real" ? TREE_DISKS : GUEST_DISKS;
  return { dataDisk, scratchDisk, confined: CONFINED };
}
