import { pathOf } from "../../adapters/debian.ts";
import { localMachine } from "../../adapters/machine/local.ts";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import { type ChosenHardware, hardwareFor, hardwareText } from "../../core/doctor/kvm-trial.ts";
import { type Ground, groundOf } from "../../core/study/clock.ts";
import { HYPERVISORS } from "../../core/study/hypervisors.ts";
import { resourceProblems } from "../../core/study/resources.ts";
import { conditionsOf, designAt } from "../../core/study/settings/condition.ts";
import type { Study } from "../../core/study/study.ts";
import type { GuestImage } from "../../images/build.ts";
import type { ImageKind } from "../../images/recipe.ts";
import type { Machine } from "../../lab/ports.ts";
import { hostResources } from "../host-lab.ts";
import { madePlatform } from "../made-platform.ts";
import type { SetUpOptions } from "../platform.ts";
import { hostProblems } from "../steps/designed-step.ts";
import { type ProbeFiles, tryKvm } from "./kvm-probe.ts";
import { mendedQemu } from "./mended.ts";
import { qemuSteps } from "./qemu-steps.ts";

const ARCHITECTURE = "x86_64";

const MACHINES = { kind: "made", hardware: "either", timing: "of the study" } as const;

/** KVM nested in KVM on x86_64: on this host where that works, on an emulated computer otherwise. */
export const x86Kvm = madePlatform({
  name: "x86_64-kvm",
  architecture: ARCHITECTURE,
  machines: MACHINES,
  hypervisors: HYPERVISORS,
  imageOf,
  ground: chooseGround,
  program: mendedProgram,
  steps: (stack) => qemuSteps({ architecture: ARCHITECTURE, ...stack }),
});

async function chooseGround(
  { study, cache, say, signal }: SetUpOptions,
  image: GuestImage,
): Promise<Result<ChosenHardware>> {
  const host = localMachine();
  const decided = await decideHardware(study, host, image, signal);
  if (!decided.ok) return decided;
  const { hardware } = decided.value;
  say(hardwareText(decided.value));
  // The emulator's own share of the memory: until now nobody knew whether there is one.
  const ground = groundOf(study, { machines: MACHINES }, hardware);
  const misfit = resourceProblems(study, ground, await hostResources(cache));
  if (misfit.length > 0) return failed(...misfit);
  const unlike = hardware === "real" ? await unlikeHost(study, host, signal) : [];
  return unlike.length > 0 ? failed(...unlike) : decided;
}

/** QEMU's TCG delivers some interrupts twice, where nobody mends it. */
async function mendedProgram(
  { cache, say }: SetUpOptions,
  { hardware }: Ground,
): Promise<string | undefined> {
  if (hardware !== "emulated") return undefined;
  const program = await pathOf(`qemu-system-${ARCHITECTURE}`, process.env["PATH"] ?? "");
  const copy = program === undefined ? undefined : await mendedQemu(program, cache);
  say(
    copy === undefined ? NOT_MENDED : "QEMU: a copy that delivers each interrupt once (docs/virtual-time.md)",
  );
  return copy;
}

const NOT_MENDED =
  "QEMU: this build may deliver an interrupt twice; a stack that hangs is brought up afresh (docs/virtual-time.md)";

/** Every level of a stack has the same image, and one with Xen in it needs more of that. */
function imageOf(study: Study | undefined): ImageKind {
  return study?.hypervisors?.includes("xen") === true ? "xen" : "usual";
}

/** The states of L0 in the study's conditions in which this host is not. */
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
  if (study.clock === "counted") return ok({ hardware: "emulated", why: "the study counts instructions" });
  const kvm = await tryKvm(study.levels, host, files, signal);
  signal.throwIfAborted();
  if (study.hardware === "real" && kvm.obstacles.length > 0) return failed(...kvm.obstacles);
  return ok(hardwareFor(kvm));
}
