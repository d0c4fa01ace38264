import { figures, type Table, table, words } from "./document.ts";
import type { LevelFacts } from "./report.ts";
import type { StudyData } from "./study.ts";
import { formatBytes } from "./units.ts";

/** The CPUs that a workload could use at a level: those of its control group, or else the machine's. */
export function measuredCpus({ facts, confinement }: LevelFacts): number {
  return confinement?.kind === "confined" ? confinement.cpus : facts.cpus;
}

/** What each level got, and what its machine says of it; nothing for a run from before that was kept. */
export function resourcesTable(levels: readonly LevelFacts[]): Table | undefined {
  if (levels.every(({ allotment, confinement }) => allotment === undefined && confinement === undefined)) {
    return undefined;
  }
  return table(
    "resources",
    "What each level got, and what of it was measured",
    [
      words("D_virt"),
      figures("CPUs"),
      figures("memory"),
      figures("measured CPUs"),
      figures("measured memory"),
      words("as its control group says"),
      words("vCPUs pinned to"),
    ],
    levels.map(({ level, allotment, confinement, pinning }) => [
      `L${level}`,
      allotment === undefined ? "--" : String(allotment.size.cpus),
      allotment === undefined ? "--" : formatBytes(allotment.size.memoryBytes),
      allotment === undefined ? "--" : String(allotment.measured.cpus),
      allotment === undefined ? "--" : formatBytes(allotment.measured.memoryBytes),
      groupText(confinement),
      pinning ?? "--",
    ]),
    [
      "The workload and its preparation run in a control group of the measured size at every level. The machine's own memory is smaller than its size by what its kernel keeps, which is what limits the deepest level.",
    ],
  );
}

function groupText(confinement: LevelFacts["confinement"]): string {
  switch (confinement?.kind) {
    case undefined:
      return "--";
    case "confined":
      return `CPUs ${confinement.cpuList}, nproc ${confinement.cpus}, ${formatBytes(confinement.memoryBytes)}`;
    case "unconfined":
      return `not confined: ${confinement.why}`;
  }
}

/** The study's table 3: what was run, with every parameter; of an expression also what it came to at each level. */
export function workloadTable(study: StudyData, levels: readonly LevelFacts[]): Table {
  return table(
    "workloads",
    "Workloads and their parameters",
    [words("workload"), words("parameters")],
    study.workloads.map(({ name, ...params }) => [
      name,
      Object.entries(params)
        .map(([key, value]) => `${key} ${String(value)}${workedOutText(levels, name, key, value)}`)
        .join(", "),
    ]),
  );
}

/** ` (2)` where an expression came to the same everywhere, ` (L0 4, L1 3, L2 2)` where not. */
function workedOutText(levels: readonly LevelFacts[], workload: string, key: string, given: unknown): string {
  const each = levels.flatMap(({ level, allotment }) => {
    const value = allotment?.workloads[workload]?.[key];
    return value === undefined || value === given ? [] : [{ level, value: String(value) }];
  });
  const [first] = each;
  if (first === undefined) return "";
  return each.every(({ value }) => value === first.value)
    ? ` (${first.value})`
    : ` (${each.map(({ level, value }) => `L${level} ${value}`).join(", ")})`;
}
