import { agrees, observedOf, observedText } from "../../machine/declared.ts";
import { pairs, sections } from "../../machine/facts.ts";
import { kvmCounters } from "../../machine/snapshot.ts";
import {
  doubt,
  fine,
  type Guard,
  type GuardInput,
  machineAt,
  makerAt,
  type Outcome,
  overLevels,
  unknown,
} from "./guard.ts";

/**
 * Whether a level is as deep as it is called, by what can be seen of it: a guest's processor says that there is a
 * hypervisor; KVM one level below it counted exits during the trial; KVM at every level further below counted
 * entries into a guest's guest. What another hypervisor did is counted nowhere, and ARM's processors do not say what
 * they stand on. On real hardware L0 has no hypervisor below it. Of machines that others made, what each shows is
 * compared with what the study declares.
 */
export const depth: Guard = {
  name: "depth",
  check(input) {
    const { level } = input.observation.trial;
    if (input.declared !== undefined) return asDeclared(input, level);
    const each = [
      ...(input.hardware === "real" ? [ground(input)] : []),
      ...(level === 0 || isArm(input, level) ? [] : [flagged(input, level)]),
      ...Array.from({ length: level }, (_, host) => host)
        .filter((host) => underKvm(input, host + 1))
        .map((host) =>
          counted(input, host, host + 2 <= level && byProcessor(input, host + 2) ? "nested_run" : "exits"),
        ),
    ];
    if (each.length === 0) return fine("L0 of an emulated computer stands on nothing that could be counted");
    return overLevels(each, `L${level} is as deep as it is called`);
  },
};

function asDeclared(input: GuardInput, level: number): Outcome {
  const own = input.declared?.[level];
  const observed = observedOf(machineAt(input, level)?.facts ?? "");
  const shown = observedText(observed);
  if (own?.hypervisors === undefined) {
    return unknown(`the study does not say what is below L${level}, whose machine shows ${shown}`);
  }
  const depth = own.hypervisors.length;
  const agreed = agrees(own, observed);
  if (agreed === undefined)
    return unknown(`that L${level} is ${depth} deep is the study's word: it shows ${shown}`);
  if (!agreed) return doubt(`L${level} shows ${shown}, and is declared otherwise`);
  if (observed.kind === "innermost" && depth > 1) {
    return unknown(`L${level} shows ${shown}; the other ${depth - 1} below that are the study's word`);
  }
  return fine(`L${level} shows ${shown}, as declared`);
}

function ground(input: GuardInput): Outcome {
  const found = hasHypervisor(input, 0);
  if (found === undefined) return unknown("L0's processor flags are not known");
  return found ? doubt("L0 is itself a guest: there is a hypervisor below what the study counts") : fine("");
}

function flagged(input: GuardInput, level: number): Outcome {
  const observed = observedOf(machineAt(input, level)?.facts ?? "");
  // A mainframe shows the whole chain. Of emulators none is in it, so every level stands on as many as its number.
  if (observed.kind === "chain") {
    const shown = observedText(observed);
    return observed.hypervisors.length === level ? fine("") : doubt(`L${level} shows ${shown}`);
  }
  const found = hasHypervisor(input, level);
  if (found === undefined) return unknown(`L${level}'s processor flags are not known`);
  return found ? fine("") : doubt(`L${level}'s processor says that there is no hypervisor below it`);
}

/** What KVM at a hosting level counted during the trial; without its counters nothing is known. */
function counted(input: GuardInput, host: number, counter: "exits" | "nested_run"): Outcome {
  const own = input.observation.evidence.find(({ level }) => level === host);
  const each = [own?.before, own?.after].map((text) => kvmCounters(text ?? ""));
  if (each.some((counters) => counters.size === 0))
    return unknown(`KVM's counters at L${host} cannot be read`);
  const [from, to] = each.map((counters) => counters.get(counter));
  if (from === undefined || to === undefined) {
    const since = counter === "nested_run" ? " (x86 kernels do since 5.14)" : "";
    return unknown(`the kernel at L${host} does not count ${counter}${since}`);
  }
  if (to > from) return fine("");
  const what = counter === "exits" ? "no exit of a guest" : "no entry into a guest's guest";
  return doubt(`KVM at L${host} counted ${what} during the trial`);
}

function underKvm(input: GuardInput, level: number): boolean {
  const maker = makerAt(input, level);
  return byProcessor(input, level) && !(maker?.kind === "hypervisor" && maker.which === "xen");
}

/** Whether the processor's virtualization runs a guest, by whichever hypervisor: KVM further below counts its entries. */
function byProcessor(input: GuardInput, level: number): boolean {
  return makerAt(input, level)?.kind !== "emulator";
}

function isArm(input: GuardInput, level: number): boolean {
  return sections(machineAt(input, level)?.facts ?? "").get("architecture") === "aarch64";
}

function hasHypervisor(input: GuardInput, level: number): boolean | undefined {
  const flags = pairs(machineAt(input, level)?.facts ?? "", ":").get("flags");
  return flags?.split(" ").includes("hypervisor");
}
