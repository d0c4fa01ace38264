import { localMachine } from "../adapters/machine/local.ts";
import type { Architecture } from "../core/architecture.ts";
import type { Abilities } from "../core/platform-limits.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import { resourceProblems } from "../core/resources.ts";
import { flatTopology } from "../core/topology.ts";
import { ensureImage } from "../images/build.ts";
import { guestRecipe } from "../images/recipe.ts";
import type { PreparedPlatform } from "../lab/ports.ts";
import { hostResources, imageRecord, labNeeds, layOut, previewedLab, takeAway } from "./host-lab.ts";
import { LAB_LOCK, type Platform, type PrepareOptions } from "./platform.ts";
import { qemuSteps, workPlace } from "./qemu-steps.ts";

export interface EmulatedPlatform extends Abilities {
  readonly name: string;
  readonly architecture: Architecture;
}

/** A platform whose L0 always runs on a computer that QEMU emulates, whatever this host is. */
export function emulatedPlatform({ name, architecture, ...abilities }: EmulatedPlatform): Platform {
  return {
    name,
    ...abilities,
    needs: (cache) => labNeeds(architecture, cache),
    lock: LAB_LOCK,
    prepare: (options) => prepare(name, architecture, options),
    preview: (study, _hardware, hostCpus, condition) =>
      qemuSteps({
        architecture,
        study,
        condition,
        hardware: "emulated",
        ...previewedLab(study, flatTopology(hostCpus)),
      }).map((step) => step.launch),
  };
}

async function prepare(
  name: string,
  architecture: Architecture,
  options: PrepareOptions,
): Promise<Result<PreparedPlatform>> {
  const { study, cache, say, signal } = options;
  const host = localMachine();
  const misfit = resourceProblems(study, "emulated", await hostResources(cache));
  if (misfit.length > 0) return failed(...misfit);
  const image = await ensureImage(await guestRecipe(architecture), cache, host, say, signal);
  if (!image.ok) return image;
  const lab = await layOut(options, image.value, host);
  if (!lab.ok) return lab;
  const given = { architecture, study, hardware: "emulated", ...lab.value } as const;
  return ok({
    hardware: "emulated",
    base: host,
    steps: (condition) => qemuSteps({ ...given, condition }),
    place: (level) => workPlace("emulated", level),
    record: { hardware: `${name} is always emulated`, ...imageRecord(image.value) },
    dispose: () => takeAway(options),
  });
}
