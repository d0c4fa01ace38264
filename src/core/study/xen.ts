import type { Problem } from "../base/problem.ts";
import { formatBytes, sizeText } from "../base/units.ts";
import { hostsXen } from "./hypervisors.ts";
import { levelSizes, PLENTY } from "./level-sizes.ts";
import type { Study } from "./study.ts";

/** What Xen itself takes of its machine, and what its domain 0 needs beside the workload that is measured in it. */
const XEN_BYTES = 192 * 2 ** 20;
const DOMAIN0_BYTES = 256 * 2 ** 20;

/** Memory of the domain 0 of a machine that boots Xen and runs one guest. */
export function domain0Bytes(machineBytes: number, guestBytes: number): number {
  return machineBytes - guestBytes - XEN_BYTES;
}

/** The parts of a study that exclude a level that boots Xen, each with its remedy. */
export function xenProblems(study: Study): readonly Problem[] {
  const host = Array.from({ length: study.levels }, (_, level) => level).find((level) =>
    hostsXen(study, level),
  );
  if (host === undefined) return [];
  const at = study.name;
  const { resources } = study;
  const chosen = [...Object.keys(study.settings), ...Object.keys(study.factors)];
  const problems: Problem[] = [];
  if (chosen.length > 0) {
    problems.push({
      code: "setting-not-there",
      at,
      what: `with Xen between the levels no machine can be given the setting ${chosen.join(", ")}`,
      hint: "leave it out, or xen",
    });
  }
  if (resources.pin === true) {
    problems.push({
      code: "pinning-not-there",
      at,
      what: "CPUs of Xen's guests are not pinned",
      hint: "leave pin out, or xen",
    });
  }
  if (resources.policy !== "constant-guest") {
    problems.push({
      code: "policy-not-there",
      at,
      what: `under ${resources.policy} L${host} would be measured whole, and its Linux is a domain of Xen that has only a part of it`,
      hint: "resources.policy: constant-guest",
    });
    return problems;
  }
  const { guest, reserve } = resources;
  const sizes = levelSizes(study, PLENTY);
  const machine = sizes[host]?.memoryBytes ?? 0;
  const needed = guest.memoryBytes + DOMAIN0_BYTES;
  const lacking = needed - domain0Bytes(machine, sizes[host + 1]?.memoryBytes ?? 0);
  if (lacking > 0) {
    problems.push({
      code: "reserve-too-small",
      at,
      what: `L${host} has ${formatBytes(machine)}, for Xen, a guest and a domain 0 in which as much is measured as in the guest`,
      hint: `resources.reserve.memory of at least ${sizeText(reserve.memoryBytes + lacking)}`,
    });
  }
  return problems;
}
