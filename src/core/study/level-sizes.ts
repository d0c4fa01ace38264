import type { ResourcesPolicy, Size } from "./resources-policy.ts";

/** The keys of a study that decide its sizes. */
export interface Sized {
  /** The deepest level. */
  readonly levels: number;
  readonly resources: ResourcesPolicy;
}

/**
 * The machine of each level, L0 first. No machine has more CPUs than the one below it. Where there is a reserve of
 * CPUs and the host has too few for all of it, each level still keeps one back from the next as far as that goes.
 */
export function levelSizes({ levels, resources }: Sized, hostCpus: number): readonly Size[] {
  const each = Array.from({ length: levels + 1 }, (_, level) => level);
  switch (resources.policy) {
    case "constant-guest":
    case "reserved": {
      const { guest, reserve, policy } = resources;
      // A constant guest stays whole on a host with too few CPUs for its hosts' reserve; a reserved one shrinks.
      const least = policy === "constant-guest" ? Math.min(guest.cpus, hostCpus) : 1;
      const kept = reserve.cpus > 0 ? 1 : 0;
      return each.map((level) => ({
        cpus: Math.max(
          least,
          Math.min(guest.cpus + (levels - level) * reserve.cpus, hostCpus - level * kept),
        ),
        memoryBytes: guest.memoryBytes + (levels - level) * reserve.memoryBytes,
      }));
    }
    case "stated":
      return each.map((level) => statedSize(resources.sizes, level, hostCpus));
    case "over-committed": {
      const { host, memoryShare } = resources;
      return each.map((level) => ({
        cpus: Math.min(host.cpus, hostCpus),
        memoryBytes: level === 0 ? host.memoryBytes : wholeMebibytes(host.memoryBytes * memoryShare ** level),
      }));
    }
  }
}

/** A study with too few sizes was refused when it was read. */
function statedSize(sizes: readonly Size[], level: number, hostCpus: number): Size {
  const size = sizes[level] ?? sizes.at(-1);
  if (size === undefined) throw new Error("a study states no size");
  return { ...size, cpus: Math.min(size.cpus, hostCpus) };
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

/** CPUs of a host that is large enough for any study. */
export const PLENTY = Number.POSITIVE_INFINITY;

/** What is measured at each level of such a host. */
export function nominalSizes(study: Sized): readonly Size[] {
  return measuredSizes(study, PLENTY);
}
