import type { PublishedStudy } from "../core/published/published.ts";
import type { Report } from "../core/report/parts/report.ts";
import { publishedReport } from "../core/report/published/published-report.ts";
import type { RunEvidence } from "../core/report/run/run-evidence.ts";
import { runReport } from "../core/report/run/run-report.ts";
import { evidenceOf } from "../lab/analyse.ts";
import { groupReportFrom } from "../lab/group.ts";
import { runsByPlace } from "../lab/group-runs.ts";
import type { Library } from "../lab/library.ts";
import type { GroupRecord, RunRecord } from "../lab/ports.ts";
import { createCache } from "./cache.ts";

/** A report, and what names the evidence that it was made from: the same name, the same report. */
export interface MadeReport {
  readonly report: Report;
  readonly basis: string;
}

export interface MadeRunReport extends MadeReport {
  readonly evidence: RunEvidence;
}

export interface Reports {
  ofRun(run: RunRecord): Promise<MadeRunReport>;
  ofGroup(group: GroupRecord): Promise<MadeReport>;
  ofPublished(study: PublishedStudy): MadeReport;
  /** Of a run or of a published study; undefined where there is none of that name. */
  named(name: string): Promise<MadeReport | undefined>;
}

/** Reports that are held for the next reader; each is small, as its trials stay in the store. */
const HELD = 24;

export function createReports(library: Library, references: readonly PublishedStudy[]): Reports {
  const published = new Map<string, Report>();
  const held = createCache<Promise<MadeRunReport>>(HELD);
  const ofRun = async (run: RunRecord): Promise<MadeRunReport> => {
    const basis = await library.basis(run.id);
    const key = `${basis} ${run.id}`;
    const found = held.get(key);
    if (found !== undefined) return found;
    const made = evidenceOf(run, library, references).then((evidence) => ({
      report: runReport(evidence),
      evidence,
      basis,
    }));
    held.set(key, made, 1);
    return made;
  };
  const ofPublished = (study: PublishedStudy): MadeReport => {
    const report = published.get(study.name) ?? publishedReport(study);
    published.set(study.name, report);
    return { report, basis: "printed" };
  };
  return {
    ofRun,
    ofPublished,
    async ofGroup(group) {
      const runs = await library.runsOfGroup(group.id);
      const basis = (await Promise.all(runs.map(({ id }) => library.basis(id)))).join("+");
      const report = await groupReportFrom(
        group,
        runsByPlace(runs),
        async (run) => (await ofRun(run)).evidence,
      );
      return { report, basis };
    },
    async named(name) {
      const study = references.find((one) => one.name === name);
      if (study !== undefined) return ofPublished(study);
      const run = await library.run(name);
      return run === undefined ? undefined : ofRun(run);
    },
  };
}
