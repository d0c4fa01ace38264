import { didYouMean } from "../core/base/nearest.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
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
 * A run or a group by its name, the beginning of it, its label (of the last that has it), `latest`, or `latest~1` for
 * the one before. A group goes before its own runs, whose names begin with its name.
 */
export async function findSubject(store: StoreReader, name: string): Promise<Result<StoredSubject>> {
  const [runs, groups] = [await store.runs(), await store.groups()];
  const grouped = (run: RunRecord): StoredSubject => {
    const group = groups.find(({ id }) => id === run.group?.id);
    return group === undefined ? { kind: "run", run } : { kind: "group", group };
  };
  if (runs.length === 0 && groups.length === 0) {
    return failed({ code: "no-run", what: "the store holds no run yet", hint: "dvirt run" });
  }
  const back = /^latest(?:~(\d{1,4}))?$/.exec(name);
  if (back !== null) {
    const newestFirst = [...new Set(runs.map(({ id, group }) => group?.id ?? id).reverse())];
    const wanted = newestFirst[Number(back[1] ?? 0)];
    const run = runs.find(({ id, group }) => (group?.id ?? id) === wanted);
    if (run !== undefined) return ok(grouped(run));
    return failed(notThere(name, `the store holds no more than ${newestFirst.length}`, []));
  }
  const exact = runs.find(({ id }) => id === name);
  if (exact !== undefined) return ok({ kind: "run", run: exact });
  const labelled = runs.findLast(({ provenance }) => provenance.label === name);
  if (labelled !== undefined) return ok(grouped(labelled));
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
    const labels = runs.flatMap(({ provenance }) => provenance.label ?? []);
    const known = ["latest", ...labels, ...[...runs, ...groups].map(({ id }) => id)];
    return failed(notThere(name, "the store holds no run of this name", known));
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

function notThere(name: string, what: string, known: readonly string[]): Problem {
  return { code: "no-run", at: name, what, hint: `${didYouMean(name, known)}dvirt list` };
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
