import { clockFindings } from "./clock.ts";
import { diskFindings } from "./disk.ts";
import { environmentFindings } from "./environment.ts";
import type { Examination, Finding } from "./finding.ts";
import { hardwareFindings, isSupported } from "./hardware.ts";
import { hardwareFor, hardwareText } from "./kvm-trial.ts";
import { memoryFindings } from "./memory.ts";
import { nestingFindings } from "./nesting.ts";
import { rightsFindings } from "./rights.ts";
import { softwareFindings } from "./software.ts";

export interface Diagnosis {
  /** Where L0 would be; `none` where no stack can run. */
  readonly hardware: "real" | "emulated" | "none";
  /** One line for a person: where L0 would be, or why no stack can run. */
  readonly conclusion: string;
  /** Group by group. */
  readonly findings: readonly Finding[];
}

/** What a machine can do and what stands in the way. */
export function diagnose(examination: Examination): Diagnosis {
  const findings = isSupported(examination.probe)
    ? KINDS.flatMap((findingsOf) => findingsOf(examination))
    : hardwareFindings(examination);
  const fatal = findings.find(({ level }) => level === "fatal");
  if (fatal !== undefined) {
    return { hardware: "none", conclusion: `no stack can run here: ${fatal.what}`, findings };
  }
  const chosen = hardwareFor(examination.kvm);
  return { hardware: chosen.hardware, conclusion: hardwareText(chosen), findings };
}

/** In the order of GROUPS. */
const KINDS: readonly ((examination: Examination) => readonly Finding[])[] = [
  hardwareFindings,
  nestingFindings,
  clockFindings,
  memoryFindings,
  diskFindings,
  softwareFindings,
  rightsFindings,
  environmentFindings,
];
