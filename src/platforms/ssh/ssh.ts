import { localMachine } from "../../adapters/machine/local.ts";
import { TREE_DISKS } from "../../adapters/machine/tree.ts";
import { optional } from "../../core/base/optional.ts";
import { failed, ok, type Problem, type Result } from "../../core/base/problem.ts";
import { unlikeLevels, unlikeText, VENDOR_SCRIPT } from "../../core/machine/declared.ts";
import { sections } from "../../core/machine/facts.ts";
import type { Origin } from "../../core/machine/provenance.ts";
import { readSysinfo } from "../../core/machine/sysinfo.ts";
import { imageAdditions } from "../../core/study/image-additions.ts";
import type { Study } from "../../core/study/study.ts";
import type { Targets } from "../../core/study/targets.ts";
import type { LaunchPlan, Machine, PlatformStep, ReadyPlatform } from "../../lab/ports.ts";
import { imageNeeds, imageProvenance } from "../host-lab.ts";
import type { Platform, SetUpOptions } from "../platform.ts";
import { launchOf, type Readied, readyTarget, whatIsPushed } from "./ssh-ready.ts";
import { type LevelTarget, makeScratch, openTree, PATIENCE_SECONDS, reachPatiently } from "./ssh-target.ts";

/** Any machines behind SSH, whatever made them. The targets' own locks keep two runs apart. */
export const ssh: Platform = {
  name: "ssh",
  machines: { kind: "given", guests: "stay up" },
  needs: sshNeeds,
  setUp: prepareSsh,
  preview: sshLaunches,
};

/** Without OpenSSH's client nothing is reached; the image is built only for those that push it. */
async function sshNeeds(cache: string, study?: Study): Promise<Readonly<Record<string, string>>> {
  const [ground] = study?.targets?.levels ?? [];
  const image =
    ground !== undefined && study?.targets?.userland === "pushed"
      ? await imageNeeds(ground.architecture, cache, optional({ additions: imageAdditions(study) }))
      : {};
  return { ssh: "openssh-client", setpriv: "util-linux", ...image };
}

function prepareSsh(options: SetUpOptions): Promise<Result<ReadyPlatform>> {
  return prepareTargets(options, {
    patience: { first: [], again: PATIENCE_SECONDS },
    notes: SESSION_NOTES,
    replicate: { kind: "session" },
  });
}

/** In what platforms with targets differ. */
export interface TargetPlatform {
  /** Seconds to wait between attempts at the very first connection to each, and at all others. */
  readonly patience: { readonly first: readonly number[]; readonly again: readonly number[] };
  /** What a reader must know of every figure. */
  readonly notes: readonly string[];
  readonly replicate: Extract<Origin, { kind: "given" }>["replicate"];
}

/** Machines that are up, whoever brought them up. All are looked at before any is measured. */
export async function prepareTargets(
  options: SetUpOptions,
  { patience, notes: given, replicate }: TargetPlatform,
): Promise<Result<ReadyPlatform>> {
  const { study, say } = options;
  const targets = targetsOf(study);
  const levels = levelTargets(study, targets);
  const ground = levels[0]?.target.architecture;
  if (ground === undefined) throw new Error("the study passed the schema without a target");
  const brought = targets.userland === "pushed" ? await whatIsPushed(options, ground) : undefined;
  if (brought?.ok === false) return brought;
  const readied: Readied[] = [];
  for (const at of levels) {
    say(`L${at.level}: connecting to ${at.target.host}`);
    const done = await readyTarget(at, patience.first, brought?.value, options);
    if (!done.ok) return done;
    readied.push(done.value);
  }
  // What is installed on a target says nothing where the image is what runs.
  const unlike = unlikeLevels(readied.map(({ facts }) => facts)).filter(
    ({ fact }) => !(targets.userland === "pushed" && fact === "tools"),
  );
  const refused = unlike.filter(({ fact }) => !targets.accept.includes(fact));
  if (refused.length > 0) return failed(...refused.map(unlikeProblem));
  const hardware = hardwareOf(study, readied);
  if (!hardware.ok) return hardware;
  const notes = [
    ...given,
    ...unlike.map(
      (one) => `${unlikeText(one)}; the study accepts it, and a difference in speed may be its doing`,
    ),
    ...(targets.userland === "installed"
      ? ["each level measured with the sysbench and MariaDB that are installed on it"]
      : []),
  ];
  for (const note of notes) say(`note: ${note}`);
  return ok({
    ...hardware.value,
    base: localMachine(),
    watched: "nothing",
    steps: () => readied.map((one) => sshStep(one, study, patience.again)),
    place: () => TREE_DISKS,
    origin: {
      kind: "given",
      replicate,
      declared: levels.map(({ target }) => ({
        architecture: target.architecture,
        ...optional({ hypervisors: target.hypervisors }),
      })),
      userland:
        brought === undefined
          ? { kind: "installed" }
          : { kind: "pushed", image: imageProvenance(brought.value.image.manifest) },
      notes,
    },
    dispose: async () => {},
  });
}

/** What would be connected to, without doing it. */
export function sshLaunches(study: Study): readonly LaunchPlan[] {
  return levelTargets(study, targetsOf(study)).map((at) => launchOf(at, study));
}

/** What a reader of the report must know of every figure. */
const SESSION_NOTES = [
  "the machines were there already and stayed up: what counts as a boot here is a session, in which dvirt connects anew. What a fresh bring-up would draw again (where memory lies, what shares a cache) is drawn once for all sessions, so the intervals may be narrower than the truth",
  "a level was measured while the guests of the study on it were up, idle as far as dvirt knows; on machines that dvirt makes they are not up yet",
];

function targetsOf(study: Study): Targets {
  if (study.targets === undefined) throw new Error("the study passed the schema without targets");
  return study.targets;
}

function levelTargets(study: Study, { levels, config }: Targets): readonly LevelTarget[] {
  return levels.slice(0, study.levels + 1).map((target, level) => ({ level, target, config }));
}

function unlikeProblem(one: ReturnType<typeof unlikeLevels>[number]): Problem {
  return {
    code: "levels-differ",
    at: `L${one.level}`,
    what: `${unlikeText(one)}; a difference in speed could have another cause than the layer`,
    hint: `make them the same, or accept it, and the report will say so: targets: { accept: [${one.fact}], … }`,
  };
}

/** Emulated where a mainframe says that a program pretends to be it. */
function hardwareOf(
  study: Study,
  readied: readonly Readied[],
): Result<Pick<ReadyPlatform, "hardware" | "timing">> {
  const emulator = readied
    .map(({ facts }) => readSysinfo(sections(facts).get("sysinfo") ?? "")?.emulator)
    .find((found) => found !== undefined);
  if (study.hardware === "real" && emulator !== undefined) {
    return failed({
      code: "not-real",
      at: study.name,
      what: `the study wants real hardware, and a target runs on ${emulator}`,
      hint: "hardware: emulated, and every figure will say so",
    });
  }
  if (emulator === "Hercules") return ok({ hardware: "emulated", timing: "functional" });
  const isEmulated = study.hardware === "emulated" || emulator !== undefined;
  return ok({ hardware: isEmulated ? "emulated" : "real", timing: "wall" });
}

function sshStep({ at, tree }: Readied, study: Study, patience: readonly number[]): PlatformStep {
  const { level, target } = at;
  return {
    level,
    driver: "ssh",
    launch: launchOf(at, study),
    moreFacts: VENDOR_SCRIPT,
    check: async () => [], // all targets were looked at before the first boot
    start: async (_parent, signal) => {
      const reached = await reachPatiently(at, signal, patience);
      if (!reached.ok || tree === undefined) return reached;
      const machine = reached.value;
      const visit = { machine, at, signal };
      const scratch =
        target.scratch === undefined ? await makeScratch(visit, study.scratch.sizeBytes) : ok(target.scratch);
      const opened = scratch.ok ? await openTree(visit, { ...tree, scratch: scratch.value }) : scratch;
      // The loop device holds on to the file until the tree ends; its name is not needed any more.
      if (target.scratch === undefined && scratch.ok) {
        await machine.run({ argv: ["rm", "-f", scratch.value], timeoutSeconds: 60 }, signal);
      }
      if (opened.ok) return ok(over(machine, opened.value));
      await machine.dispose();
      return opened;
    },
  };
}

/** A tree's commands, with the fate of the connection that it stands on. */
function over(connection: Machine, tree: Machine): Machine {
  return {
    ...tree,
    lost: Promise.race([connection.lost, tree.lost]),
    diagnose: async () => (await connection.diagnose()) ?? (await tree.diagnose()),
    dispose: async () => {
      await tree.dispose();
      await connection.dispose();
    },
  };
}
