import type { GroupMember, Report } from "../core/report.ts";
import type { RunReport } from "../core/run-report.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { subjectText } from "../outputs/terminal.ts";
import { address, runAddress } from "./address.ts";
import type { Assets } from "./assets.ts";
import { groupTrialLinks } from "./cells.ts";
import { chartsMarkup, memberSource } from "./charts.ts";
import { badge, framed, reportDownloads } from "./frame.ts";
import { contentsOf, sectionsMarkup, withoutFigures } from "./report-sections.ts";
import type { MadeReport } from "./reports.ts";
import { answerList } from "./run-page.ts";
import { hardwareBadge } from "./runs-page.ts";
import type { View } from "./view.ts";

export interface GroupPage {
  readonly made: MadeReport;
  /** Of the platforms that have begun. */
  readonly runs: readonly RunReport[];
  readonly view: View;
  readonly running: ReadonlySet<string>;
  readonly formats: readonly string[];
}

/** A study's platforms side by side: each against its own L0, and no platform's figures over another's. */
export async function groupPage(
  assets: Assets,
  { made, runs, view, running, formats }: GroupPage,
): Promise<string> {
  const { report, basis } = made;
  const { subject } = report;
  if (subject.kind !== "group") throw new Error("a group's page is of a group");
  const path = ["groups", subject.id];
  const rest = withoutFigures(
    report.sections.filter(({ id }) => id !== "answers"),
    ["bars"],
  );
  const runOf = new Map(
    subject.members.flatMap(({ platform, run }) => (run === undefined ? [] : [[platform, run]])),
  );
  const workloads = [
    ...new Set(subject.members.flatMap(({ study }) => study.workloads.map(({ name }) => name))),
  ];
  const sections = await sectionsMarkup({
    sections: rest,
    label: report.label,
    path,
    basis,
    link: groupTrialLinks(runOf, workloads),
  });
  return framed(assets, {
    title: `${report.title}: ${subject.id}`,
    place: "runs",
    label: report.label,
    header: html`<h1>${report.title}</h1>
<p class="subject">${subjectText(subject)} · <time datetime="${subject.createdAt}">${subject.createdAt}</time></p>
<ul class="members">
${subject.members.map((member) => memberMarkup(member, running))}</ul>
`,
    contents: [
      { id: "answers", title: "Answers" },
      { id: "charts", title: "Level by level" },
      ...contentsOf(rest),
    ],
    body: [
      answersMarkup(report, runOf),
      chartsMarkup({
        path,
        view: view.relative === "none" ? { ...view, relative: "L0" } : view,
        sources: runs.map((run) => memberSource(report, run)),
        hasPolicies: false,
        absolute: false,
        margin: report.analysis.margin,
        runOf: (platform) => runOf.get(platform),
      }),
      ...sections,
    ],
    footer: reportDownloads(path, formats),
  });
}

function memberMarkup(
  { platform, run, hardware, timing }: GroupMember,
  running: ReadonlySet<string>,
): Markup {
  if (run === undefined || hardware === undefined || timing === undefined) {
    return html`<li>${platform} <span class="kind">has not begun</span></li>
`;
  }
  return html`<li><a href="${runAddress(run)}">${platform}</a> <span class="kind">${hardwareBadge({ hardware, timing })}${running.has(run) ? html` <a href="${address(["runs", run, "live"])}">${badge("running", "being measured now: look on")}</a>` : undefined}</span></li>
`;
}

function answersMarkup({ analysis, answers }: Report, runOf: ReadonlyMap<string, string>): Markup {
  return html`<section class="plain">
<h2 id="answers">Answers</h2>
${answers.length === 0 ? html`<p>Nothing was measured yet.</p>` : answerList(analysis, ({ platform }) => runOf.get(platform))}</section>
`;
}
