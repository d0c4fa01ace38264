import { didYouMean } from "../core/base/nearest.ts";
import { failed, ok, type Result } from "../core/base/problem.ts";
import type { Report } from "../core/report/parts/report.ts";
import { reportOf } from "../lab/analyse.ts";
import { groupReportOf } from "../lab/group.ts";
import type { GroupRecord, RunRecord } from "../lab/ports.ts";
import type { StoreReader } from "../lab/store.ts";
import { references } from "../references/index.ts";

/** What a name in the store stands for. */
export type StoredSubject =
  | { readonly kind: "run"; readonly run: RunRecord }
  | { readonly kind: "group"; readonly group: GroupRecord };

/**
 * A run or a group by its name, the beginning of it, or `latest`. A group goes before its own runs, whose names
 * begin with its name.
 */
export async function findSubject(store: StoreReader, name: string): Promise<Result<StoredSubject>> {
  const [runs, groups] = [await store.runs(), await store.groups()];
  const grouped = (run: RunRecord): StoredSubject => {
    const group = groups.find(({ id }) => id === run.group?.id);
    return group === undefined ? { kind: "run", run } : { kind: "group", group };
  };
  const latest = runs.at(-1);
  if (latest === undefined && groups.length === 0) {
    return failed({ code: "no-run", what: "the store holds no run yet", hint: "dvirt run" });
  }
  if (name === "latest" && latest !== undefined) return ok(grouped(latest));
  const exact = runs.find(({ id }) => id === name);
  if (exact !== undefined) return ok({ kind: "run", run: exact });
  const found = [
    ...groups
      .filter(({ id }) => id.startsWith(name))
      .map((group): StoredSubject => ({ kind: "group", group })),
    ...runs
      .filter(({ id, group }) => id.startsWith(name) && group?.id.startsWith(name) !== true)
      .map((run): StoredSubject => ({ kind: "run", run })),
  ];
  const [only, another] = found;
  if (only === undefined) {
    return failed({
      code: "no-run",
      at: name,
      what: "the store holds no run of this name",
      hint: `${didYouMean(name, ["latest", ...[...runs, ...groups].map(({ id }) => id)])}dvirt list`,
    });
  }
  if (another !== undefined && idOf(only) !== name) {
    return failed({
      code: "ambiguous-run",
      at: name,
      what: `${found.length} runs begin like this: ${found.map(idOf).join(", ")}`,
    });
  }
  return ok(only);
}

/** What the store holds of it; the store must stay open while the report is rendered. */
export async function storedReport(subject: StoredSubject, store: StoreReader): Promise<Report> {
  return subject.kind === "run"
    ? reportOf(subject.run, store, references)
    : groupReportOf(subject.group, store, references);
}

function idOf(subject: StoredSubject): string {
  return subject.kind === "run" ? subject.run.id : subject.group.id;
}
