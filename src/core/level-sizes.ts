import type { ResourcesPolicy, Size } from "./resources-policy.ts";

/** What of a study decides its sizes. */
export interface Sized {
  /** The deepest level. */
  readonly levels: number;
  readonly resources: ResourcesPolicy;
}

/**
 * The machine of each level, L0 first. No machine has more CPUs than the one below it, and no policy takes
 * more than the host has. `reserved` keeps one CPU back at each level even where the host has too few for all.
 */
export function levelSizes({ levels, resources }: Sized, hostCpus: number): readonly Size[] {
  const each = Array.from({ length: levels + 1 }, (_, level) => level);
  switch (resources.policy) {
    case "constant-guest":
    case "reserved": {
      const { guest, reserve, policy } = resources;
      return each.map((level) => ({
        cpus: Math.max(
          1,
          Math.min(
            guest.cpus + (levels - level) * reserve.cpus,
            hostCpus - (policy === "reserved" && reserve.cpus > 0 ? level : 0),
          ),
        ),
        memoryBytes: guest.memoryBytes + (levels - level) * reserve.memoryBytes,
      }));
    }
    case "over-committed": {
      const { host, memoryShare } = resources;
      return each.map((level) => ({
        cpus: Math.min(host.cpus, hostCpus),
        memoryBytes: level === 0 ? host.memoryBytes : wholeMebibytes(host.memoryBytes * memoryShare ** level),
      }));
    }
  }
}

function wholeMebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20) * 2 ** 20;
}

/** What is measured at each level: the guest's size everywhere, or the whole machine. */
export function measuredSizes(study: Sized, hostCpus: number): readonly Size[] {
  const sizes = levelSizes(study, hostCpus);
  const deepest = sizes.at(-1);
  if (study.resources.policy !== "constant-guest" || deepest === undefined) return sizes;
  return sizes.map(() => deepest);
}

/** What is measured at each level of a host that is large enough. */
export function nominalSizes(study: Sized): readonly Size[] {
  return measuredSizes(study, Number.POSITIVE_INFINITY);
}
