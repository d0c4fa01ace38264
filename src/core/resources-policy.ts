import { z } from "zod";
import { parseBytes, sizeText } from "./units.ts";

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

export const size = z.string().transform((text, context) => {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is no size; write it like 768MiB` });
  return z.NEVER;
});

const sizeOfMachine = z
  .strictObject({ cpus: z.int().min(1), memory: size })
  .transform((given): Size => ({ cpus: given.cpus, memoryBytes: given.memory }));

/** No reserve may be a level's whole size, but a level that hosts nothing heavy may keep no CPU back. */
const sizeOfReserve = z
  .strictObject({ cpus: z.int().min(0), memory: size })
  .transform((given): Size => ({ cpus: given.cpus, memoryBytes: given.memory }));

/** A level with a tenth of its host's memory is no guest to measure; five times as much only ever swaps. */
const share = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = match === null ? 0 : Number(match[1]) / 100;
  if (value >= 0.1 && value <= 5) return value;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(text)} is no share from 10% to 500%; write it like 100%`,
  });
  return z.NEVER;
});

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

/** The key `resources` of a study; without a policy it is a constant guest. */
export const resourcesSchema = z.preprocess(
  (given) =>
    typeof given === "object" && given !== null && !Array.isArray(given) && !("policy" in given)
      ? { policy: "constant-guest", ...given }
      : given,
  z.discriminatedUnion("policy", [twoSizes("constant-guest"), twoSizes("reserved"), overCommitted, stated], {
    error: (issue) =>
      issue.code === "invalid_union" ? `no such policy; one of: ${POLICIES.join(", ")}` : undefined,
  }),
);

/** The policy as a study's file says it. */
export function policyDocument(resources: ResourcesPolicy): Readonly<Record<string, unknown>> {
  const machine = ({ cpus, memoryBytes }: Size) => ({ cpus, memory: sizeText(memoryBytes) });
  const { policy, pin } = resources;
  const more = pin === true ? { pin } : {};
  if (resources.policy === "stated") return { policy, sizes: resources.sizes.map(machine) };
  return resources.policy === "over-committed"
    ? { policy, host: machine(resources.host), memoryShare: percent(resources.memoryShare), ...more }
    : { policy, guest: machine(resources.guest), reserve: machine(resources.reserve), ...more };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
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
  return { policy, host, memoryShare: 1, ...(pin === true ? { pin } : {}) };
}
