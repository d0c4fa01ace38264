import { z } from "zod";
import { factText, pairs, parseFacts, sections } from "./facts.ts";
import type { Problem } from "./problem.ts";
import type { Size } from "./resources-policy.ts";
import { readSysinfo } from "./sysinfo.ts";
import { ARCHITECTURES, SHARED_FACTS, type SharedFact } from "./targets.ts";
import { formatBytes } from "./units.ts";

/** What a study says a level is, as it is kept with the run. */
export type Declared = z.infer<typeof declared>;

const declared = z.object({
  architecture: z.enum(ARCHITECTURES),
  hypervisors: z.array(z.string()).readonly().optional(),
});

/** The key of a run's record under which the declared levels stand, L0 first. */
export const DECLARED = "declared levels";

/** Undefined for a run whose machines dvirt made. */
export function readDeclared(record: Readonly<Record<string, string>>): readonly Declared[] | undefined {
  const text = record[DECLARED];
  return text === undefined ? undefined : z.array(declared).parse(JSON.parse(text));
}

/** What a machine shows of the hypervisors below it, innermost first. */
export type Observed =
  /** s390x: the whole chain is told by the machine. */
  | { readonly kind: "chain"; readonly hypervisors: readonly string[] }
  /** CPUID and DMI tell of the innermost alone; none where the processor says that there is none. */
  | { readonly kind: "innermost"; readonly hypervisor: string | undefined }
  | { readonly kind: "nothing" };

/** Asked together with a machine's facts: the name that CPUID gives the innermost hypervisor. */
export const VENDOR_SCRIPT = `
section vendor; LC_ALL=C lscpu 2>/dev/null | sed -n 's/^Hypervisor vendor: *//p'
`;

/** From the facts of a machine, with those of VENDOR_SCRIPT. */
export function observedOf(facts: string): Observed {
  const found = sections(facts);
  const sysinfo = readSysinfo(found.get("sysinfo") ?? "");
  if (sysinfo !== undefined) {
    return { kind: "chain", hypervisors: sysinfo.hypervisors.map(({ kind }) => kind) };
  }
  const cpuinfo = pairs(found.get("cpuinfo") ?? "", ":");
  const vendor = found.get("vendor")?.trim() || dmiName(found.get("dmi") ?? "");
  const flags = cpuinfo.get("flags")?.split(" ");
  if (flags?.includes("hypervisor")) return { kind: "innermost", hypervisor: vendor ?? "one without a name" };
  if (vendor !== undefined) return { kind: "innermost", hypervisor: vendor };
  // Only x86 has a flag whose absence says that there is none.
  return flags === undefined ? { kind: "nothing" } : { kind: "innermost", hypervisor: undefined };
}

/** Whether what a machine shows is what the study says it is; undefined where it shows too little to tell. */
export function agrees(declared: Declared, observed: Observed): boolean | undefined {
  const { hypervisors } = declared;
  if (hypervisors === undefined || observed.kind === "nothing") return undefined;
  if (observed.kind === "chain") {
    return (
      hypervisors.length === observed.hypervisors.length &&
      hypervisors.every((name, index) => sameHypervisor(name, observed.hypervisors[index]))
    );
  }
  const [innermost] = hypervisors;
  return sameHypervisor(innermost, observed.hypervisor);
}

/** Why a machine is not the level that the study declares: nothing may be measured on it then. */
export function declaredProblems(
  level: number,
  host: string,
  declared: Declared,
  size: Size,
  facts: string,
): readonly Problem[] {
  const at = `L${level} (${host})`;
  const problems: Problem[] = [];
  const { architecture, cpus, memoryBytes } = parseFacts(facts);
  if (architecture !== declared.architecture) {
    problems.push({
      code: "wrong-level",
      at,
      what: `declared as ${declared.architecture}, and the machine says ${architecture || "nothing"}`,
      hint: `architecture: ${architecture}, or another host`,
    });
  }
  const observed = observedOf(facts);
  if (agrees(declared, observed) === false) {
    problems.push({
      code: "wrong-level",
      at,
      what: `declared with ${chainText(declared.hypervisors ?? [])} below it, and the machine shows ${observedText(observed)}`,
      hint: "put the targets in the order of their levels, or declare what is there",
    });
  }
  // A kernel keeps some of its memory for itself, and a dump kernel some more.
  if (cpus !== size.cpus || memoryBytes > size.memoryBytes || memoryBytes < 0.75 * size.memoryBytes) {
    problems.push({
      code: "wrong-size",
      at,
      what: `stated as ${size.cpus} CPU(s) and ${formatBytes(size.memoryBytes)}, and the machine has ${cpus} and ${formatBytes(memoryBytes)} for its own use`,
      hint: "resources.sizes as they are, or make the machine that size (chcpu -d takes CPUs off line)",
    });
  }
  return problems;
}

/** A fact in which a level differs from L0 although it should not. */
export interface UnlikeLevel {
  readonly level: number;
  readonly fact: SharedFact;
  readonly found: readonly [atL0: string, here: string];
}

/** Facts of each level, L0 first. */
export function unlikeLevels(facts: readonly string[]): readonly UnlikeLevel[] {
  const all = facts.map(parseFacts);
  const ground = all[0];
  if (ground === undefined) return [];
  return all.flatMap((own, level) =>
    SHARED_FACTS.flatMap((fact): UnlikeLevel[] => {
      const found = [factText(fact, ground), factText(fact, own)] as const;
      return found[0] === found[1] ? [] : [{ level, fact, found }];
    }),
  );
}

export function unlikeText({ level, fact, found }: UnlikeLevel): string {
  return `L${level}'s ${fact} is not L0's: ${JSON.stringify(found[1])} against ${JSON.stringify(found[0])}`;
}

function chainText(hypervisors: readonly string[]): string {
  return hypervisors.length === 0 ? "no hypervisor" : hypervisors.join(" under ");
}

export function observedText(observed: Observed): string {
  switch (observed.kind) {
    case "chain":
      return chainText(observed.hypervisors);
    case "innermost":
      return observed.hypervisor === undefined ? "no hypervisor" : `${observed.hypervisor} right below it`;
    case "nothing":
      return "nothing of what is below it";
  }
}

/** Names under which one hypervisor is known, in lower case: as people write it, as CPUID or DMI has it. */
const SAME: readonly (readonly string[])[] = [
  ["hyper-v", "microsoft"],
  ["kvm", "kvm/linux"],
  ["qemu", "tcg"],
];

function sameHypervisor(declared: string | undefined, observed: string | undefined): boolean {
  if (declared === undefined || observed === undefined) return declared === observed;
  const [one, other] = [declared.toLowerCase(), observed.toLowerCase()];
  return one === other || SAME.some((names) => names.includes(one) && names.includes(other));
}

/** Vendors in the DMI table, by what they call themselves there. */
const DMI_VENDORS: readonly (readonly [prefix: string, name: string])[] = [
  ["VMware", "VMware"],
  ["Microsoft Corporation Virtual", "Microsoft"],
  ["Xen", "Xen"],
  ["QEMU", "QEMU"],
  ["Amazon EC2", "KVM"],
  ["Google Compute Engine", "KVM"],
  ["innotek", "VirtualBox"],
  ["Oracle Corporation VirtualBox", "VirtualBox"],
];

function dmiName(dmi: string): string | undefined {
  const text = dmi.split("\n").join(" ").trim();
  return DMI_VENDORS.find(([prefix]) => text.startsWith(prefix))?.[1];
}
