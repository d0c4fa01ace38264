import { cellText, type Table } from "../core/document.ts";
import type { CellLink } from "../outputs/html/table.ts";
import { type Behind, trialsAddress } from "./address.ts";

/**
 * Leads from each figure in a table of a run's report to the trials that it rests on: those of the workload, level and
 * boot that its row names, whichever of these it names.
 */
export function trialLinks(run: string, workloads: readonly string[]): CellLink {
  return (table, row, column) =>
    table.columns[column]?.align === "end" && /\d/.test(textAt(table, row, column))
      ? trialsAddress(run, behindRow(table, row, workloads))
      : undefined;
}

/**
 * The same in a group's report, where a figure is of the run of the platform that its row, its column or its whole
 * table is of.
 */
export function groupTrialLinks(runOf: ReadonlyMap<string, string>, workloads: readonly string[]): CellLink {
  return (table, row, column) => {
    const names = [
      textNamed(table, row, "Platform"),
      textNamed(table, row, "platform"),
      textNamed(table, row, "run"), // where platforms are held against each other, they are the runs
      table.columns[column]?.title,
      // A platform's own table is named for it, and so is the table of its picture.
      ...[...runOf.keys()].filter((name) => table.id.replace(/-data$/, "").endsWith(`-${name}`)),
    ];
    const run = names.map((name) => runOf.get(name ?? "")).find((found) => found !== undefined);
    return run === undefined ? undefined : trialLinks(run, workloads)(table, row, column);
  };
}

function behindRow(table: Table, row: number, workloads: readonly string[]): Behind {
  const named = (title: string) => textNamed(table, row, title);
  // A workload's own table is named for it.
  const workload = named("workload") ?? workloads.find((name) => table.id.startsWith(`${name}-`));
  // `L2`, or `L2 to L1`, whose figures rest on the upper one's trials first.
  const level = /^L(\d+)/.exec(
    named("D_virt") ?? named("levels") ?? named("level") ?? named("measured") ?? "",
  )?.[1];
  const boot = /^\d+$/.exec(named("boot") ?? "")?.[0];
  return {
    workload: workloads.includes(workload ?? "") ? workload : undefined,
    level: level === undefined ? undefined : Number(level),
    boot: boot === undefined ? undefined : Number(boot),
  };
}

/** What stands in the row below a title. */
function textNamed(table: Table, row: number, title: string): string | undefined {
  const at = table.columns.findIndex((column) => column.title === title);
  return at < 0 ? undefined : textAt(table, row, at);
}

function textAt({ rows }: Table, row: number, column: number): string {
  return cellText(rows[row]?.[column] ?? "");
}
