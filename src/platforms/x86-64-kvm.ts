import { localMachine } from "../adapters/machine/local.ts";
import { type ChosenHardware, hardwareFor, hardwareText } from "../core/doctor/kvm-trial.ts";
import { HYPERVISORS } from "../core/hypervisors.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { resourceProblems } from "../core/resources.ts";
import { conditionsOf, designAt } from "../core/settings/condition.ts";
import type { Study } from "../core/study.ts";
import { flatTopology } from "../core/topology.ts";
import { ensureImage } from "../images/build.ts";
import { guestRecipe, type ImageKind } from "../images/recipe.ts";
import type { Machine, PreparedPlatform } from "../lab/ports.ts";
import { hostProblems } from "./designed-step.ts";
import { hostResources, imageRecord, labNeeds, layOut, previewedLab, takeAway } from "./host-lab.ts";
import { type ProbeFiles, tryKvm } from "./kvm-probe.ts";
import { LAB_LOCK, type Platform, type PrepareOptions } from "./platform.ts";
import { qemuSteps, workPlace } from "./qemu-steps.ts";

const ARCHITECTURE = "x86_64";

/** KVM nested in KVM on x86_64: on this host where that works, on an emulated computer otherwise. */
export const x86Kvm: Platform = {
  name: "x86_64-kvm",
  needs: (cache, study) => labNeeds(ARCHITECTURE, cache, imageOf(study)),
  lock: LAB_LOCK,
  hypervisors: HYPERVISORS,
  prepare,
  preview: (study, hardware, hostCpus, condition) =>
    qemuSteps({
      architecture: ARCHITECTURE,
      study,
      condition,
      hardware,
      ...previewedLab(study, flatTopology(hostCpus)),
    }).map((step) => step.launch),
};

async function prepare(options: PrepareOptions): Promise<Result<PreparedPlatform>> {
  const { study, cache, say, signal } = options;
  const host = localMachine();
  // What fits on no hardware is said before anything is built; the emulator's own share is added below.
  const resources = await hostResources(cache);
  const hopeless = resourceProblems(study, study.hardware === "emulated" ? "emulated" : "real", resources);
  if (hopeless.length > 0) return failed(...hopeless);
  const image = await ensureImage(await guestRecipe(ARCHITECTURE, imageOf(study)), cache, host, say, signal);
  if (!image.ok) return image;

  const decided = await decideHardware(study, host, image.value, signal);
  if (!decided.ok) return decided;
  const { hardware, why } = decided.value;
  say(hardwareText(decided.value));
  const misfit = resourceProblems(study, hardware, resources);
  if (misfit.length > 0) return failed(...misfit);
  const unlike = hardware === "real" ? await unlikeHost(study, host, signal) : [];
  if (unlike.length > 0) return failed(...unlike);

  const lab = await layOut(options, image.value, host);
  if (!lab.ok) return lab;
  const given = { architecture: ARCHITECTURE, study, hardware, ...lab.value } as const;
  return ok({
    hardware,
    base: host,
    steps: (condition) => qemuSteps({ ...given, condition }),
    place: (level) => workPlace(hardware, level),
    record: { hardware: why, ...imageRecord(image.value) },
    dispose: () => takeAway(options),
  });
}

/** Every level of a stack has the same image, and one with Xen in it needs more of that. */
function imageOf(study: Study | undefined): ImageKind {
  return study?.hypervisors?.includes("xen") === true ? "xen" : "usual";
}

/** What L0 of the study's conditions asks of this host, and it is not so. */
function unlikeHost(study: Study, host: Machine, signal: AbortSignal): Promise<readonly Problem[]> {
  const grounds = conditionsOf(study).map(({ index }) => designAt(study, 0, index));
  return hostProblems(grounds.length > 0 ? grounds : [designAt(study, 0, undefined)], host, signal);
}

/** The hardware that the study names, or what this host's KVM allows. */
async function decideHardware(
  study: Study,
  host: Machine,
  files: ProbeFiles,
  signal: AbortSignal,
): Promise<Result<ChosenHardware>> {
  if (study.hardware === "emulated") return ok({ hardware: "emulated", why: "as the study says" });
  const kvm = await tryKvm(study.levels, host, files, signal);
  signal.throwIfAborted();
  if (study.hardware === "real" && kvm.obstacles.length > 0) return failed(...kvm.obstacles);
  return ok(hardwareFor(kvm));
}
