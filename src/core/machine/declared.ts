import type { Problem } from "../base/problem.ts";
import { formatBytes } from "../base/units.ts";
import type { Size } from "../study/resources-policy.ts";
import { type ARCHITECTURES, SHARED_FACTS, type SharedFact } from "../study/targets.ts";
import { factText, pairs, parseFacts, sections } from "./facts.ts";
import { type Innermost, innermostHypervisor, mayBe } from "./hypervisor.ts";
import { readSysinfo } from "./sysinfo.ts";

/** What a study says a level is. It is stored with the run. */
export interface Declared {
  readonly architecture: (typeof ARCHITECTURES)[number];
  /** Innermost first; absent where the study does not say. */
  readonly hypervisors?: readonly string[] | undefined;
}

/** What a machine shows of the hypervisors below it, innermost first. */
export type Observed =
  /** s390x: the whole chain is told by the machine. */
  | { readonly kind: "chain"; readonly hypervisors: readonly string[] }
  /** Elsewhere the innermost is all that can be seen. */
  | Innermost;

/** Runs after the script for facts: prints the name that CPUID gives the innermost hypervisor. */
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
  const read = (name: string) => found.get(name)?.trim() ?? "";
  const cpuinfo = pairs(read("cpuinfo"), ":");
  return innermostHypervisor({
    flags: cpuinfo.get("flags")?.split(" "),
    vendor: read("vendor"),
    dmi: read("dmi").split("\n").join(" "),
    type: pairs(read("xen"), "=").get("type"),
    model: cpuinfo.get("model name"),
  });
}

/** Whether a machine is what the study says it is; undefined where it shows too little to tell. */
export function agrees(declared: Declared, observed: Observed): boolean | undefined {
  const { hypervisors } = declared;
  if (hypervisors === undefined) return undefined;
  if (observed.kind !== "chain") return mayBe(hypervisors[0], observed);
  return (
    hypervisors.length === observed.hypervisors.length &&
    observed.hypervisors.every(
      (hypervisor, index) => mayBe(hypervisors[index], { kind: "innermost", hypervisor }) === true,
    )
  );
}

/** Why a machine is not the level that the study declares: nothing may be measured on it then. `at` names it. */
export function declaredProblems(
  at: string,
  declared: Declared,
  size: Size,
  facts: string,
): readonly Problem[] {
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
  // z/VM runs on s390x alone, whatever a hypervisor that nobody knows calls itself.
  const impossible = architecture !== "s390x" && declared.hypervisors?.includes("z/VM") === true;
  if (impossible || agrees(declared, observed) === false) {
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
      hint: "resources.sizes as they are, or make the machine that size (chcpu -d takes CPUs off line); a login that is held to some of them (taskset, a control group) sees no others",
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

/** `no hypervisor`, `KVM under z/VM`. */
export function chainText(hypervisors: readonly string[]): string {
  return hypervisors.length === 0 ? "no hypervisor" : hypervisors.join(" under ");
}

export function observedText(observed: Observed): string {
  switch (observed.kind) {
    case "chain":
      return chainText(observed.hypervisors);
    case "innermost":
      return observed.hypervisor === undefined ? "no hypervisor" : `${observed.hypervisor} right below it`;
    case "unnamed":
      return "one without a name right below it";
    case "nothing":
      return "nothing of what is below it";
  }
}
