import type { Abilities } from "../study/abilities.ts";
import type { Study } from "../study/study.ts";
import type { KvmTrial } from "./kvm-trial.ts";
import type { Probe } from "./probe.ts";

/** One thing that a machine has or lacks for measuring. */
export interface Finding {
  /** A short kebab-case name that scripts can rely on. */
  readonly id: string;
  readonly group: Group;
  readonly level: FindingLevel;
  readonly what: string;
  /** What was read or tried, as the machine gave it. */
  readonly evidence: string;
  /** One thing to try, as a command or a change to make. */
  readonly remedy?: string;
}

/**
 * `notice`: figures are made under this condition, and a reader should know it. `hindrance`: something that dvirt does
 * elsewhere does not work here, or figures would be wrong. `fatal`: no stack can run here at all.
 */
export type FindingLevel = "fine" | "notice" | "hindrance" | "fatal";

/** The groups of findings, in the order in which they are read. */
export const GROUPS = {
  hardware: "Hardware virtualization",
  nesting: "Nesting",
  clock: "Clock and frequency",
  memory: "Memory",
  disk: "Disk",
  software: "Software",
  rights: "Rights",
  environment: "Environment",
} as const;

export type Group = keyof typeof GROUPS;

/** The findings that one piece of evidence may lead to. */
export function about(id: string, group: Group, evidence: string) {
  const finding = (level: FindingLevel, what: string, remedy?: string): Finding => ({
    ...{ id, group, level, what, evidence },
    ...(remedy === undefined ? {} : { remedy }),
  });
  return {
    fine: (what: string) => finding("fine", what),
    notice: (what: string, remedy: string) => finding("notice", what, remedy),
    hindrance: (what: string, remedy?: string) => finding("hindrance", what, remedy),
    fatal: (what: string, remedy: string) => finding("fatal", what, remedy),
  };
}

/** All that was found out about a machine before anything is concluded. */
export interface Examination {
  readonly probe: Probe;
  readonly kvm: KvmTrial;
  /** What the machine is to be good for: the study that `dvirt run` takes by itself. */
  readonly study: Study;
  readonly platform: Pick<Abilities, "machines" | "limits">;
  readonly cache: CacheFolder;
  /** Debian packages that a run would have to install. */
  readonly missingPackages: readonly string[];
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
}

export interface CacheFolder {
  readonly path: string;
  readonly freeBytes: number;
  readonly writable: boolean;
  /** The id of the guest image in it; undefined where one must be built first. */
  readonly imageId: string | undefined;
  /** What building the image takes for a while. */
  readonly imageBuildBytes: number;
}
