import type { PublishedStudy } from "../core/published.ts";
import { publishedReport } from "../core/published-report.ts";
import type { Report } from "../core/report.ts";
import type { RunReport } from "../core/run-report.ts";
import { reportOf } from "../lab/analyse.ts";
import { groupReportFrom, runsByPlace } from "../lab/group.ts";
import type { Library } from "../lab/library.ts";
import type { GroupRecord, RunRecord } from "../lab/ports.ts";
import { createCache } from "./cache.ts";

/** A report, and what names the evidence that it was made from: the same name, the same report. */
export interface MadeReport<Kind extends Report = Report> {
  readonly report: Kind;
  readonly basis: string;
}

export interface Reports {
  ofRun(run: RunRecord): Promise<MadeReport<RunReport>>;
  ofGroup(group: GroupRecord): Promise<MadeReport>;
  /** Of a run or of a published study; undefined where there is none of that name. */
  named(name: string): Promise<MadeReport | undefined>;
}

/** Reports that are held for the next reader; each is small, as its trials stay in the store. */
const HELD = 24;

export function createReports(library: Library, references: readonly PublishedStudy[]): Reports {
  const published = new Map<string, Report>();
  const held = createCache<Promise<MadeReport<RunReport>>>(HELD);
  const ofRun = (run: RunRecord): Promise<MadeReport<RunReport>> => {
    const basis = library.basis(run.id);
    const key = `${basis} ${run.id}`;
    const found = held.get(key);
    if (found !== undefined) return found;
    const made = reportOf(run, library.store, references).then((report) => ({ report, basis }));
    held.set(key, made, 1);
    return made;
  };
  return {
    ofRun,
    async ofGroup(group) {
      const runs = library.runsOfGroup(group.id);
      const basis = runs.map(({ id }) => library.basis(id)).join("+");
      const report = await groupReportFrom(
        group,
        runsByPlace(runs),
        async (run) => (await ofRun(run)).report,
      );
      return { report, basis };
    },
    async named(name) {
      const study = references.find((one) => one.name === name);
      if (study === undefined) {
        const run = library.run(name);
        return run === undefined ? undefined : ofRun(run);
      }
      const report = published.get(name) ?? publishedReport(study);
      published.set(name, report);
      return { report, basis: "printed" };
    },
  };
}
