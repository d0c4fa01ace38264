import { percentText } from "../../base/units.ts";
import { sizeWords } from "../../study/workload.ts";
import { measuredCpus } from "../parts/resources-table.ts";
import { asynchronousIoNotes } from "./asynchronous-io.ts";
import type { BringUp, RunEvidence } from "./run-evidence.ts";

type Gathered = Omit<RunEvidence, "notes">;

/** How often trials were executed, as the store counts them. */
export interface AttemptCounts {
  /** Trials that need not be executed again. */
  readonly settled: number;
  /** Attempts that another one replaced, and those of them that a guard doubted. */
  readonly repeats: number;
  readonly doubtRepeats: number;
}

/** What a reader must know of a run beside its analysis, in sentences. */
export function evidenceNotes(run: Gathered, counts: AttemptCounts): readonly string[] {
  return [
    ...platformNotes(run),
    ...doubtNotes(run),
    ...cpuNotes(run),
    ...confinementNotes(run),
    ...groundNotes(run),
    ...asynchronousIoNotes(run.asynchronousIo),
    ...interruptionNotes(run),
    ...failureNotes(run),
    ...attemptNotes(counts),
    ...widthNotes(run),
    ...openNotes(run, counts.settled),
  ];
}

/** What the platform says of everything that was measured on it. */
function platformNotes({ subject }: Gathered): readonly string[] {
  const { origin } = subject.provenance;
  return origin.kind === "given" ? origin.notes : [];
}

function doubtNotes({ doubts: { doubted, measured }, subject }: Gathered): readonly string[] {
  if (doubted === 0) return [];
  const figures =
    subject.study.doubts.headline === "keep"
      ? "kept in every figure"
      : "left out of every figure, as the study says";
  return [`${doubted} of ${measured} measured trial(s) are doubted by a guard and ${figures}`];
}

/** Levels of unlike size mix the cost of a layer with the loss of processors. */
function cpuNotes({ subject: { levels } }: Gathered): readonly string[] {
  if (new Set(levels.map(measuredCpus)).size < 2) return [];
  const each = levels.map((one) => `L${one.level} ${measuredCpus(one)}`).join(", ");
  return [
    `the levels have different numbers of CPUs (${each}): workloads that can use more than one pay for that too`,
  ];
}

/** A level that could not be confined was measured with all that its machine has. */
function confinementNotes({ subject: { levels } }: Gathered): readonly string[] {
  return levels.flatMap(({ level, allotment, confinement }) => {
    if (confinement?.kind !== "unconfined") return [];
    return [
      `L${level} is not confined to ${sizeWords(allotment.measured)}: ${confinement.why}; what it adds to a layer's cost is in its figures`,
    ];
  });
}

/** On real hardware L0 must have nothing below it; where it says that it has, so does every figure. */
function groundNotes({ hardware, subject: { levels } }: Gathered): readonly string[] {
  const ground = levels.find(({ level }) => level === 0)?.facts;
  if (hardware !== "real" || ground?.cpuFlags.includes("hypervisor") !== true) return [];
  return [
    `L0 is itself a guest (${ground.hypervisor}): the levels here are counted from it, and what is below it is in every figure`,
  ];
}

function interruptionNotes({ bringUps }: Gathered): readonly string[] {
  const parts = bringUps.map(partOf);
  return [...new Set(parts)]
    .filter((part) => parts.indexOf(part) !== parts.lastIndexOf(part))
    .map((part) => `${part} was interrupted and went on in a fresh bring-up`);
}

/** `boot 2`, or `boot 2, condition 3`: what one bring-up measures if nothing comes between. */
function partOf({ boot, condition }: BringUp): string {
  return condition === undefined ? `boot ${boot}` : `boot ${boot}, condition ${condition}`;
}

function failureNotes({ analysis: { failed } }: Gathered): readonly string[] {
  if (failed.length === 0) return [];
  return [`${failed.length} trial(s) failed and are in no figure; their raw text is kept`];
}

/** Attempts that another one replaced are in the store and in no figure. */
function attemptNotes({ repeats, doubtRepeats }: AttemptCounts): readonly string[] {
  const lost = repeats - doubtRepeats;
  return [
    ...(lost === 0
      ? []
      : [`${lost} attempt(s) lost their machine and were made again; what they left is kept (dvirt show)`]),
    ...(doubtRepeats === 0
      ? []
      : [`${doubtRepeats} attempt(s) were doubted and made again; what they left is kept (dvirt show)`]),
  ];
}

/** A study that names a width says where it was not reached. */
function widthNotes({ subject, stopped }: Gathered): readonly string[] {
  const { repetitions } = subject.study;
  if (repetitions.kind === "fixed") return [];
  const asked = percentText(repetitions.ratioHalfWidth);
  return [...(stopped ?? [])]
    .filter(([, reason]) => reason !== "width reached")
    .map(
      ([name, reason]) =>
        `${name} was not measured until its ratios were as narrow as asked (${asked}): ${reason}`,
    );
}

function openNotes({ subject: { planned, id } }: Gathered, settled: number): readonly string[] {
  if (settled >= planned) return [];
  return [`${planned - settled} of ${planned} trials are not measured yet: dvirt resume ${id}`];
}
