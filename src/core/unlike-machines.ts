import { parameterDifferences } from "./comparability.ts";
import { measuredCpus } from "./resources-table.ts";
import type { RunReport } from "./run-report.ts";

/** One thing that keeps the absolute figures of platforms from being compared, and why it does. */
interface Unlikeness {
  readonly what: string;
  readonly of: (report: RunReport) => string | undefined;
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
    of: (report) => groundFacts(report)?.architecture,
    why: "other instructions from another compiler do the same work",
  },
  {
    what: "resources policy",
    of: ({ subject }) => subject.study.resources.policy,
    why: "what is measured is sized by another rule",
  },
  {
    what: "processor",
    of: (report) => groundFacts(report)?.cpuModel,
    why: "each has its own speed before any layer is added",
  },
  {
    what: "measured CPUs at L0",
    of: (report) => {
      const ground = groundOf(report);
      return ground === undefined ? undefined : String(measuredCpus(ground));
    },
    why: "throughput follows their number",
  },
  {
    what: "clock source at L0",
    of: (report) => groundFacts(report)?.clockSource,
    why: "seconds are counted by different clocks",
  },
];

/** Why the absolute figures of several platforms may not be compared. */
export interface UnlikeMachines {
  /** What stands with every table in which they stand together. */
  readonly footnote: string;
  /** The same with its reasons, once in a report. */
  readonly note: string;
}

/** Undefined where there are not two of them. */
export function unlikeMachines(reports: readonly RunReport[]): UnlikeMachines | undefined {
  if (reports.length < 2) return undefined;
  const names = reports.map(({ subject }) => subject.study.platform).join(" and ");
  const found = UNLIKENESSES.flatMap((one) => foundIn(one, reports));
  const reasons = [...found.map(({ text }) => text), ...workloadReasons(reports)];
  const differing = ["platform", ...found.map(({ what }) => what)].join(", ");
  const because = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  return {
    footnote: `UNLIKE MACHINES: no figure here may be compared with another platform's; ${names} differ in ${differing}.`,
    note: `UNLIKE MACHINES: the absolute figures of ${names} may not be compared with each other${because}. What a level keeps of its own platform's L0 may be set side by side.`,
  };
}

/** `hardware (real / emulated), as an emulator's speed …`; nothing where all are alike. */
function foundIn({ what, of, why }: Unlikeness, reports: readonly RunReport[]) {
  const found = reports.map((report) => of(report) || "not known");
  return new Set(found).size < 2 ? [] : [{ what, text: `${what} (${found.join(" / ")}), as ${why}` }];
}

function workloadReasons([first, ...others]: readonly RunReport[]): readonly string[] {
  if (first === undefined) return [];
  return first.subject.study.workloads.flatMap(({ name }) => {
    const found = others
      .filter(({ subject }) => subject.study.workloads.some((own) => own.name === name))
      .flatMap((other) => parameterDifferences(first, other, name))
      .map(({ fact, found: values }) => `${fact.replace(`${name}: `, "")} ${values.join(" / ")}`);
    return found.length === 0
      ? []
      : [`${name} is another workload there (${[...new Set(found)].join(", ")})`];
  });
}

function groundOf({ subject }: RunReport) {
  return subject.levels.find(({ level }) => level === 0);
}

function groundFacts(report: RunReport) {
  return groundOf(report)?.facts;
}
