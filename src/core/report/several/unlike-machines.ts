import { parameterDifferences } from "../parts/comparability.ts";
import { measuredCpus } from "../parts/resources-table.ts";
import type { RunEvidence } from "../run/run-evidence.ts";

/** One thing that keeps the absolute figures of platforms from being compared, and why it does. */
interface Unlikeness {
  readonly what: string;
  readonly of: (run: RunEvidence) => string | undefined;
  readonly why: string;
}

const UNLIKENESSES: readonly Unlikeness[] = [
  {
    what: "hardware",
    of: ({ hardware }) => hardware,
    why: "an emulator's speed is not a processor's",
  },
  {
    what: "seconds",
    of: ({ timing }) => timing,
    why: "a counted second is a number of instructions, and the speed of a functional machine is no figure",
  },
  {
    what: "architecture",
    of: (run) => groundOf(run)?.facts.architecture,
    why: "other instructions from another compiler do the same work",
  },
  {
    what: "resources policy",
    of: ({ subject }) => subject.study.resources.policy,
    why: "what is measured is sized by another rule",
  },
  {
    what: "processor",
    of: (run) => groundOf(run)?.facts.cpuModel,
    why: "each has its own speed before any layer is added",
  },
  {
    what: "measured CPUs at L0",
    of: (run) => {
      const ground = groundOf(run);
      return ground === undefined ? undefined : String(measuredCpus(ground));
    },
    why: "throughput follows their number",
  },
  {
    what: "clock source at L0",
    of: (run) => groundOf(run)?.facts.clockSource,
    why: "seconds are counted by different clocks",
  },
];

/** Why the absolute figures of several platforms may not be compared. */
export interface UnlikeMachines {
  /** What stands with every table in which they stand together. */
  readonly footnote: string;
  /** Says the reasons too; once in a report. */
  readonly note: string;
}

/** Undefined where there are not two of them. */
export function unlikeMachines(runs: readonly RunEvidence[]): UnlikeMachines | undefined {
  if (runs.length < 2) return undefined;
  const names = runs.map(({ subject }) => subject.study.platform).join(" and ");
  const found = UNLIKENESSES.flatMap((one) => foundIn(one, runs));
  const reasons = [...found.map(({ text }) => text), ...workloadReasons(runs)];
  const differing = ["platform", ...found.map(({ what }) => what)].join(", ");
  const because = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  return {
    footnote: `UNLIKE MACHINES: no figure here may be compared with another platform's; ${names} differ in ${differing}.`,
    note: `UNLIKE MACHINES: the absolute figures of ${names} may not be compared with each other${because}. What a level keeps of its own platform's L0 may be set side by side.`,
  };
}

/** `hardware (real / emulated), as an emulator's speed …`; nothing where all are alike. */
function foundIn({ what, of, why }: Unlikeness, runs: readonly RunEvidence[]) {
  const found = runs.map((run) => of(run) || "not known");
  return new Set(found).size < 2 ? [] : [{ what, text: `${what} (${found.join(" / ")}), as ${why}` }];
}

function workloadReasons([first, ...others]: readonly RunEvidence[]): readonly string[] {
  if (first === undefined) return [];
  return first.subject.study.workloads.flatMap(({ name }) => {
    const found = others
      .filter(({ subject }) => subject.study.workloads.some((own) => own.name === name))
      .flatMap((other) => parameterDifferences(first, other, name))
      .map(({ fact, found: values }) => `${fact} ${values.join(" / ")}`);
    return found.length === 0
      ? []
      : [`${name} is another workload there (${[...new Set(found)].join(", ")})`];
  });
}

function groundOf({ subject }: RunEvidence) {
  return subject.levels.find(({ level }) => level === 0);
}
