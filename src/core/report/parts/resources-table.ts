import { formatBytes } from "../../base/units.ts";
import { figures, type Table, table, words } from "../../document/document.ts";
import type { StudyData } from "../../study/study.ts";
import { LEVEL } from "./columns.ts";
import type { LevelFacts } from "./report.ts";

/** The CPUs that a workload could use at a level: those of its control group, or else the machine's. */
export function measuredCpus({ facts, confinement }: LevelFacts): number {
  return confinement?.kind === "confined" ? confinement.cpus : facts.cpus;
}

/** What each level got, and what its machine says of it. */
export function resourcesTable(levels: readonly LevelFacts[]): Table | undefined {
  return table(levels, {
    id: "resources",
    title: "What each level got, and what of it was measured",
    columns: [
      LEVEL,
      figures("CPUs", ({ allotment }) => allotment.size.cpus),
      figures("memory", ({ allotment }) => formatBytes(allotment.size.memoryBytes)),
      figures("measured CPUs", ({ allotment }) => allotment.measured.cpus),
      figures("measured memory", ({ allotment }) => formatBytes(allotment.measured.memoryBytes)),
      words("as its control group says", ({ confinement }) => groupText(confinement)),
      words("vCPUs pinned to", ({ pinning }) => pinning),
    ],
    of: ({ level }) => ({ level }),
    terminal: "show",
    footnotes: [
      "The workload and its preparation run in a control group of the measured size at every level. The machine's own memory is smaller than its size by what its kernel keeps, which is what limits the deepest level.",
    ],
  });
}

function groupText(confinement: LevelFacts["confinement"]): string | undefined {
  switch (confinement?.kind) {
    case undefined:
      return undefined;
    case "confined":
      return `CPUs ${confinement.cpuList}, nproc ${confinement.cpus}, ${formatBytes(confinement.memoryBytes)}`;
    case "unconfined":
      return `not confined: ${confinement.why}`;
  }
}

/** The study's table 3: what was run, with every parameter; of an expression also what it came to at each level. */
export function workloadTable(study: StudyData, levels: readonly LevelFacts[]): Table {
  return table(study.workloads, {
    id: "workloads",
    title: "Workloads and their parameters",
    columns: [
      words("workload", ({ name }) => name),
      words("parameters", ({ name, kind, params }) =>
        [
          ...(name === kind ? [] : [`workload ${kind}`]),
          ...Object.entries(params).map(
            ([key, value]) => `${key} ${String(value)}${workedOutText(levels, name, key, value)}`,
          ),
        ].join(", "),
      ),
    ],
  });
}

/** ` (2)` where an expression came to the same everywhere, ` (L0 4, L1 3, L2 2)` where not. */
function workedOutText(levels: readonly LevelFacts[], workload: string, key: string, given: unknown): string {
  const each = levels.flatMap(({ level, allotment }) => {
    const value = allotment.workloads[workload]?.[key];
    return value === undefined || value === given ? [] : [{ level, value: String(value) }];
  });
  const [first] = each;
  if (first === undefined) return "";
  return each.every(({ value }) => value === first.value)
    ? ` (${first.value})`
    : ` (${each.map(({ level, value }) => `L${level} ${value}`).join(", ")})`;
}
