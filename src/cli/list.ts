import { reportOf } from "../lab/analyse.ts";
import { textTable } from "../outputs/text-table.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode, openStore, type StoreOption } from "./context.ts";
import { tell } from "./run.ts";

/** `dvirt list`: every run in the store, oldest first. */
export async function listCommand(context: Context, options: StoreOption): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const store = opened.value;
  try {
    const rows: string[][] = [];
    for (const run of await store.runs()) {
      const report = await reportOf(run, store, workloads);
      rows.push([
        run.id,
        run.study.platform,
        run.hardware,
        `L0–L${run.study.levels}`,
        `${report.trials.length}/${report.planned}`,
        String(report.analysis.failed.length),
      ]);
    }
    context.output.write(
      rows.length === 0
        ? "no run yet: dvirt run makes one\n"
        : textTable({
            title: "Runs",
            head: ["run", "platform", "hardware", "levels", "trials", "failed"],
            rows,
          }),
    );
    return EXIT.fine;
  } finally {
    await store.close();
  }
}
