import { printable } from "../core/base/problem.ts";
import { figures, type Table, table, words } from "../core/document/document.ts";
import { runsOfGroup } from "../lab/group-runs.ts";
import type { GroupRecord, RunRecord } from "../lab/ports.ts";
import { planOf } from "../lab/so-far.ts";
import type { StoreReader } from "../lab/store.ts";
import { textTable } from "../outputs/text-table.ts";
import { type Context, EXIT, type ExitCode, type StoreOption } from "./context.ts";
import type { Define } from "./define.ts";
import { withStore } from "./open-store.ts";
import { takesStore } from "./store-option.ts";

export const defineList: Define = (command, context, end) => {
  takesStore(command)
    .option("--names", "only the names, one a line, newest first")
    .action((options) => end(listCommand(context, options)));
};

interface ListOptions extends StoreOption {
  readonly names?: boolean;
}

/** `dvirt list`: every run in the store, oldest first; a group's runs below it. */
export async function listCommand(context: Context, options: ListOptions): Promise<ExitCode> {
  return withStore(context, options, async (store) => {
    const runs = await store.runs();
    const groups = await store.groups();
    if (options.names === true) {
      for (const { id } of [...runs, ...groups].reverse()) context.output.write(`${id}\n`);
      return EXIT.fine;
    }
    const alone = runs.filter(({ group }) => group === undefined);
    const listed = [...alone, ...groups].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    const lines: Line[] = [];
    for (const one of listed) {
      lines.push(...("studies" in one ? await groupLines(one, store) : [await runLine(one, store)]));
    }
    context.output.write(
      lines.length === 0
        ? context.asCalled("no run yet: dvirt run makes one\n")
        : printable(textTable(listTable(lines))),
    );
    return EXIT.fine;
  });
}

/** What a list says of a run, or of a group's platform that has not begun. */
interface Line {
  readonly name: string;
  readonly platform: string;
  readonly hardware?: string;
  readonly levels?: string;
  readonly trials?: string;
  readonly failed?: string;
}

function listTable(lines: readonly Line[]): Table {
  return table(lines, {
    id: "runs",
    title: "Runs",
    columns: [
      words("run", ({ name }) => name),
      words("platform", ({ platform }) => platform),
      words("hardware", ({ hardware = "" }) => hardware),
      words("levels", ({ levels = "" }) => levels),
      figures("trials", ({ trials = "" }) => trials),
      figures("failed", ({ failed = "" }) => failed),
    ],
  });
}

async function runLine(run: RunRecord, store: StoreReader): Promise<Line> {
  const { executed } = await store.counts(run.id, 0);
  return {
    name: run.id,
    platform: run.study.platform,
    hardware: run.hardware,
    levels: `L0–L${run.study.levels}`,
    trials: `${executed}/${(await planOf(run, store)).planned}`,
    failed: String((await store.failures(run.id)).length),
  };
}

async function groupLines(group: GroupRecord, store: StoreReader): Promise<readonly Line[]> {
  const runs = await runsOfGroup(group, store);
  const lines: Line[] = [{ name: group.id, platform: `${group.studies.length} platforms` }];
  for (const [index, { platform, levels }] of group.studies.entries()) {
    const run = runs.get(index + 1);
    const line =
      run === undefined
        ? { name: "not begun", platform, levels: `L0–L${levels}`, trials: "0", failed: "0" }
        : await runLine(run, store);
    lines.push({ ...line, name: `  ${line.name}` });
  }
  return lines;
}
