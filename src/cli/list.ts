import { figures, table, words } from "../core/document.ts";
import { printable } from "../core/printable.ts";
import { runsOfGroup } from "../lab/group.ts";
import type { GroupRecord, RunRecord, Store } from "../lab/ports.ts";
import { planOf } from "../lab/so-far.ts";
import { textTable } from "../outputs/text-table.ts";
import { type Context, EXIT, type ExitCode, openStore, type StoreOption, tell } from "./context.ts";

const COLUMNS = [
  words("run"),
  words("platform"),
  words("hardware"),
  words("levels"),
  figures("trials"),
  figures("failed"),
];

/** `dvirt list`: every run in the store, oldest first; a group's runs below it. */
export async function listCommand(context: Context, options: StoreOption): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const store = opened.value;
  try {
    const runs = await store.runs();
    const groups = await store.groups();
    const alone = runs.filter(({ group }) => group === undefined);
    const listed = [...alone, ...groups].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    const rows: string[][] = [];
    for (const one of listed) {
      rows.push(...("studies" in one ? await groupRows(one, store) : [await runRow(one, store)]));
    }
    context.output.write(
      rows.length === 0
        ? "no run yet: dvirt run makes one\n"
        : printable(textTable(table("runs", "Runs", COLUMNS, rows))),
    );
    return EXIT.fine;
  } finally {
    await store.close();
  }
}

async function runRow(run: RunRecord, store: Store): Promise<string[]> {
  const { executed } = await store.counts(run.id, 0);
  return [
    run.id,
    run.study.platform,
    run.hardware,
    `L0–L${run.study.levels}`,
    `${executed}/${(await planOf(run, store)).planned}`,
    String((await store.failures(run.id)).length),
  ];
}

async function groupRows(group: GroupRecord, store: Store): Promise<readonly string[][]> {
  const runs = await runsOfGroup(group, store);
  const rows = [[group.id, `${group.studies.length} platforms`, "", "", "", ""]];
  for (const [index, study] of group.studies.entries()) {
    const run = runs.get(index + 1);
    rows.push(
      run === undefined
        ? ["  not begun", study.platform, "", `L0–L${study.levels}`, "0", "0"]
        : (await runRow(run, store)).map((cell, column) => (column === 0 ? `  ${cell}` : cell)),
    );
  }
  return rows;
}
