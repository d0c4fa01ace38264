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

function behindRow(table: Table, row: number, workloads: readonly string[]): Behind {
  const named = (title: string) => {
    const at = table.columns.findIndex((column) => column.title === title);
    return at < 0 ? undefined : textAt(table, row, at);
  };
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

function textAt({ rows }: Table, row: number, column: number): string {
  return cellText(rows[row]?.[column] ?? "");
}
