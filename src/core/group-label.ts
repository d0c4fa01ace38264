import { labelOf } from "./report.ts";
import type { RunReport } from "./run-report.ts";
import { groundText } from "./timing.ts";

/** Of runs that all stand on the same what each of them has, of others what each of them stands on. */
export function groupLabel(reports: readonly RunReport[]): string | undefined {
  const [first] = reports;
  if (first === undefined) return undefined;
  if (new Set(reports.map(groundText)).size === 1) return labelOf(first);
  return `MIXED HARDWARE: ${groundsText(reports)}. What a layer costs on emulated hardware is the emulator's, not a processor's; it stands beside the others only to be read so.`;
}

/** `x86_64-kvm is real hardware, s390x-qemu is emulated hardware`. */
export function groundsText(reports: readonly RunReport[]): string {
  return reports.map((report) => `${report.subject.study.platform} is ${groundText(report)}`).join(", ");
}
