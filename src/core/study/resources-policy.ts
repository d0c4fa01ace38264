import { z } from "zod";
import { optional } from "../base/optional.ts";
import { parseBytes, parsePercent, percentText, sizeText } from "../base/units.ts";
import { quantity } from "./quantity.ts";

export interface Size {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/**
 * How CPUs and memory are given out over the levels.
 * `constant-guest`: what is measured has the guest's size at every level; the hosts below are larger by the reserve.
 * `reserved`: the deepest guest gets `guest`; each level above keeps `reserve` back for itself, and is measured whole.
 * `over-committed`: each level has all CPUs and a share of the memory of the one below, whatever that needs itself.
 * `stated`: each level has the size that the study says, L0 first, and is measured whole: for machines made by others.
 */
export type ResourcesPolicy = (
  | { readonly policy: "constant-guest" | "reserved"; readonly guest: Size; readonly reserve: Size }
  | { readonly policy: "over-committed"; readonly host: Size; readonly memoryShare: number }
  | { readonly policy: "stated"; readonly sizes: readonly Size[] }
) & {
  /** vCPU threads are pinned one to one to CPUs of the level below. */
  readonly pin?: true;
};

export const POLICIES = ["constant-guest", "reserved", "over-committed", "stated"] as const;

export type PolicyName = (typeof POLICIES)[number];

export const size = quantity((text) => parseBytes(text) || undefined, "no size; write it like 768MiB");

const sizeFrom = (leastCpus: number) =>
  z
    .strictObject({ cpus: z.int().min(leastCpus), memory: size })
    .transform(({ cpus, memory }): Size => ({ cpus, memoryBytes: memory }));

const sizeOfMachine = sizeFrom(1);

/** No reserve may be a level's whole size, but a level that hosts nothing heavy may keep no CPU back. */
const sizeOfReserve = sizeFrom(0);

/** A level with a tenth of its host's memory is no guest to measure; five times as much only ever swaps. */
const share = quantity(
  (text) => parsePercent(text, (share) => share >= 0.1 && share <= 5),
  "no share from 10% to 500%; write it like 100%",
);

const pin = z.boolean().optional();

const twoSizes = (policy: "constant-guest" | "reserved") =>
  z
    .strictObject({ policy: z.literal(policy), guest: sizeOfMachine, reserve: sizeOfReserve, pin })
    .transform(({ pin, ...given }): ResourcesPolicy => ({ ...given, ...pinned(pin) }));

const overCommitted = z
  .strictObject({ policy: z.literal("over-committed"), host: sizeOfMachine, memoryShare: share, pin })
  .transform(({ pin, ...given }): ResourcesPolicy => ({ ...given, ...pinned(pin) }));

const stated = z.strictObject({ policy: z.literal("stated"), sizes: z.array(sizeOfMachine).min(1) });

function pinned(pin: boolean | undefined): { readonly pin?: true } {
  return pin === true ? { pin } : {};
}

/** Every form of `resources`, with its policy. */
export const resourcesForms = z.discriminatedUnion(
  "policy",
  [twoSizes("constant-guest"), twoSizes("reserved"), overCommitted, stated],
  {
    error: (issue) =>
      issue.code === "invalid_union" ? `no such policy; one of: ${POLICIES.join(", ")}` : undefined,
  },
);

/** The key `resources` of a study; without a policy it is a constant guest. */
export const resourcesSchema = z.preprocess(
  (given) =>
    typeof given === "object" && given !== null && !Array.isArray(given) && !("policy" in given)
      ? { policy: "constant-guest", ...given }
      : given,
  resourcesForms,
);

/** The policy as a study's file says it. */
export function policyDocument(resources: ResourcesPolicy): Readonly<Record<string, unknown>> {
  const machine = ({ cpus, memoryBytes }: Size) => ({ cpus, memory: sizeText(memoryBytes) });
  const { policy, pin } = resources;
  const more = optional({ pin });
  if (resources.policy === "stated") return { policy, sizes: resources.sizes.map(machine) };
  return resources.policy === "over-committed"
    ? { policy, host: machine(resources.host), memoryShare: percentText(resources.memoryShare), ...more }
    : { policy, guest: machine(resources.guest), reserve: machine(resources.reserve), ...more };
}

/**
 * The same study's resources under another policy; undefined where they do not say enough for it.
 * A study that was not over-committed keeps the size of its L0, and every level then gets all of it.
 */
export function underPolicy(
  resources: ResourcesPolicy,
  policy: PolicyName,
  levels: number,
): ResourcesPolicy | undefined {
  if (resources.policy === policy) return resources;
  if (resources.policy === "over-committed" || resources.policy === "stated" || policy === "stated") {
    return undefined;
  }
  if (policy !== "over-committed") return { ...resources, policy };
  const { guest, reserve, pin } = resources;
  const host = {
    cpus: guest.cpus + levels * reserve.cpus,
    memoryBytes: guest.memoryBytes + levels * reserve.memoryBytes,
  };
  return { policy, host, memoryShare: 1, ...optional({ pin }) };
}
