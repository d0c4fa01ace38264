import { figures, table, words } from "../core/document.ts";
import { printable } from "../core/printable.ts";
import { planOf } from "../lab/so-far.ts";
import { textTable } from "../outputs/text-table.ts";
import { type Context, EXIT, type ExitCode, openStore, type StoreOption } from "./context.ts";
import { tell } from "./run.ts";

const COLUMNS = [
  words("run"),
  words("platform"),
  words("hardware"),
  words("levels"),
  figures("trials"),
  figures("failed"),
];

/** `dvirt list`: every run in the store, oldest first. */
export async function listCommand(context: Context, options: StoreOption): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const store = opened.value;
  try {
    const rows: string[][] = [];
    for (const run of await store.runs()) {
      const { executed } = await store.counts(run.id, 0);
      rows.push([
        run.id,
        run.study.platform,
        run.hardware,
        `L0–L${run.study.levels}`,
        `${executed}/${(await planOf(run, store)).planned}`,
        String((await store.failures(run.id)).length),
      ]);
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
