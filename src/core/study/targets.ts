import { z } from "zod";
import type { Architecture } from "../base/architecture.ts";
import { type Problem, problemsOf } from "../base/problem.ts";
import type { Machines } from "./abilities.ts";
import type { ResourcesPolicy } from "./resources-policy.ts";

/** Machines that are already there, as a study names them: what each is reached by, and what it is expected to be. */
export type Targets = z.infer<typeof targets>;

export type Target = z.infer<typeof target>;

/** A guest of z/VM and how it is started and stopped. */
export type ZvmGuest = z.infer<typeof zvmGuest>;

export const ARCHITECTURES = ["x86_64", "s390x", "aarch64"] as const satisfies readonly Architecture[];

/** What must be the same at every level for a difference in speed to be the layer's. */
export const SHARED_FACTS = ["kernel", "tools"] as const;

export type SharedFact = (typeof SHARED_FACTS)[number];

/** Not an option, and one word. */
const DESTINATION = /^[A-Za-z0-9_][^\s]*$/;

const path = z.string().regex(/^\/[A-Za-z0-9_./-]+$/, "is no absolute path of plain letters");

const user = z
  .string()
  .regex(/^[A-Za-z0-9@#$_+-]{1,8}$/, "is no userid of one to eight characters")
  .transform((text) => text.toUpperCase());

const zvmGuest = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("vmcp"),
    user,
    /** A Linux guest of the same z/VM, as one would type it behind `ssh`. */
    control: z.string().regex(DESTINATION, "is no SSH destination"),
    rights: z.enum(["login", "sudo"]).default("login"),
    /** What is IPLed: the virtual device number of the boot disk. */
    ipl: z.string().regex(/^[A-Za-z0-9]{1,8}$/, "is no device number and no system's name"),
  }),
  z.strictObject({
    by: z.literal("feilong"),
    user,
    url: z.url({ protocol: /^https$/, error: "is no https:// address" }),
    /** The file with the administrator's token; the token itself is stored nowhere. */
    token: z.string().min(1),
    /** Certificates in place of the system's. */
    ca: z.string().min(1).optional(),
    make: z
      .strictObject({
        image: z.string().min(1),
        disk: z.string().regex(/^\d+(\.\d+)?[gGmM]?$/, "is no size of a disk, such as 10g"),
        pool: z.string().regex(/^(ECKD|FBA):\S+$/, "is no pool, such as ECKD:POOL1"),
        profile: z.string().min(1),
      })
      .optional(),
  }),
]);

const target = z
  .strictObject({
    /** As one would type it behind `ssh`. */
    host: z.string().regex(DESTINATION, "is no SSH destination"),
    architecture: z.enum(ARCHITECTURES),
    /** What is below it, innermost first; absent where the study does not say. */
    hypervisors: z.array(z.string().min(1)).readonly().optional(),
    /** How commands get root's rights: the login has them, or `sudo` gives them without a password. */
    rights: z.enum(["login", "sudo"]).default("login"),
    /** A folder of the target for dvirt alone. */
    folder: path.default("/var/tmp/dvirt"),
    /** A block device of the target whose content is lost; absent: a file in the folder. */
    scratch: path.optional(),
    /** The z/VM guest that the target is, for a platform that starts and stops it; absent: it stays up. */
    guest: zvmGuest.optional(),
  })
  .readonly();

const targets = z
  .strictObject({
    /** What measures: the target's own sysbench and MariaDB, or the image's, which is brought along. */
    userland: z.enum(["installed", "pushed"]).default("installed"),
    /** An ssh_config of its own in place of the user's. */
    config: z.string().min(1).optional(),
    /** Facts in which the levels may differ although they should not; the report says that they do. */
    accept: z.array(z.enum(SHARED_FACTS)).readonly().default([]),
    /** L0 first. */
    levels: z.array(target).min(1).readonly(),
  })
  .readonly();

/** The key `targets` of a study. */
export const targetsSchema = targets.optional();

/** Where a path of the study's file stands. */
type PlaceOf = (path: readonly (string | number)[]) => string;

export interface Targeted {
  readonly platform: string;
  /** The deepest level. */
  readonly levels: number;
  readonly resources: ResourcesPolicy;
  readonly settings: Readonly<Record<string, string>>;
  readonly factors: Readonly<Record<string, readonly string[]>>;
  readonly targets?: Targets | undefined;
}

/** What does not fit together in a study with targets, or without them. `placeOf` a path in the file. */
export function targetProblems(study: Targeted, machines: Machines, placeOf: PlaceOf): readonly Problem[] {
  const { targets, levels, platform } = study;
  if (machines.kind !== "given") {
    return problemsOf(
      targets && {
        code: "targets-not-used",
        at: placeOf(["targets"]),
        what: `platform ${platform} makes its own machines, and the study names others`,
        hint: "platform: ssh, or zvm; or leave targets out",
      },
    );
  }
  if (targets === undefined) {
    return problemsOf({
      code: "no-targets",
      at: placeOf(["platform"]),
      what: `platform ${platform} measures machines that are there already, and the study names none`,
      hint: "targets: { levels: [{ host: …, architecture: … }, …] }, L0 first; docs/ssh.md has a whole study",
    });
  }
  const problems: Problem[] = [];
  const [ground, ...deeper] = targets.levels.map(({ architecture }) => architecture);
  const other = deeper.findIndex((architecture) => architecture !== ground);
  if (other >= 0) {
    problems.push({
      code: "unlike-levels",
      at: placeOf(["targets", "levels", other + 1, "architecture"]),
      what: `L${other + 1} is ${deeper[other]} and L0 ${ground}: no hypervisor makes the one of the other`,
      hint: "two studies, one for each architecture",
    });
  }
  if (targets.levels.length < levels + 1) {
    problems.push({
      code: "too-few-targets",
      at: placeOf(["targets", "levels"]),
      what: `the study goes to L${levels}, and names ${targets.levels.length} target(s)`,
      hint: `levels: ${targets.levels.length - 1}, or one target for each of L0 to L${levels}`,
    });
  }
  return problemsOf(
    problems,
    guestProblem(targets, platform, machines.guests, placeOf),
    sizeProblem(study, placeOf),
    chainProblems(targets, placeOf),
    settingProblem(study, placeOf),
  );
}

function guestProblem(
  { levels }: Targets,
  platform: string,
  guests: "stay up" | "started",
  placeOf: PlaceOf,
): Problem | undefined {
  const first = levels.findIndex(({ guest }) => guest !== undefined);
  if (guests === "started" && first < 0) {
    return {
      code: "no-guest",
      at: placeOf(["targets", "levels"]),
      what: `platform ${platform} starts and stops guests of z/VM, and no target says which it is`,
      hint: "guest: { by: vmcp, user: LNXL1, control: HOST, ipl: 0150 }, or platform: ssh for machines that stay up",
    };
  }
  if (guests === "started" || first < 0) return undefined;
  return {
    code: "targets-not-used",
    at: placeOf(["targets", "levels", first, "guest"]),
    what: `platform ${platform} starts and stops no guest`,
    hint: "platform: zvm, or leave guest out",
  };
}

function sizeProblem({ resources, levels }: Targeted, placeOf: PlaceOf): Problem | undefined {
  const hint =
    "resources: { policy: stated, sizes: [{ cpus: 2, memory: 4GiB }, …] }, L0 first: what each target has";
  if (resources.policy !== "stated") {
    return {
      code: "sizes-not-stated",
      at: placeOf(["resources"]),
      what: `policy ${resources.policy} gives machines their sizes, and targets have theirs already`,
      hint,
    };
  }
  if (resources.sizes.length >= levels + 1) return undefined;
  return {
    code: "sizes-not-stated",
    at: placeOf(["resources", "sizes"]),
    what: `the study goes to L${levels}, and states ${resources.sizes.length} size(s)`,
    hint,
  };
}

/** Each level has one hypervisor more below it than the one before: anything else is no deeper. */
function chainProblems({ levels }: Targets, placeOf: PlaceOf): readonly (Problem | undefined)[] {
  const ground = levels[0]?.hypervisors?.length;
  return levels.map(({ hypervisors }, level) => {
    if (ground === undefined || hypervisors === undefined || hypervisors.length === ground + level) {
      return undefined;
    }
    return {
      code: "wrong-depth",
      at: placeOf(["targets", "levels", level, "hypervisors"]),
      what: `L${level} is declared with ${hypervisors.length} hypervisor(s) below it, and L0 with ${ground}: then L${level} has ${ground + level}`,
      hint: "innermost first: hypervisors: [z/VM, z/VM] is a guest of a second-level z/VM",
    };
  });
}

function settingProblem({ settings, factors, platform }: Targeted, placeOf: PlaceOf): Problem | undefined {
  const given = [settings, factors].some((one) => Object.keys(one).length > 0);
  if (!given) return undefined;
  return {
    code: "setting-not-there",
    at: placeOf([Object.keys(settings).length > 0 ? "settings" : "factors"]),
    what: `settings say how dvirt makes machines, and those of platform ${platform} are there already`,
    hint: "leave settings and factors out; the facts of each target stand in the report",
  };
}
