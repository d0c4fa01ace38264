import type { GroupMember } from "../core/report/parts/report.ts";
import type { RunEvidence } from "../core/report/run/run-evidence.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { subjectText } from "../outputs/terminal.ts";
import { address, runAddress, trialsLink } from "./address.ts";
import type { Assets } from "./assets.ts";
import { chartsPart, memberSource } from "./charts.ts";
import { badge } from "./frame.ts";
import { answersPart, reportPage } from "./report-sections.ts";
import type { MadeReport } from "./reports.ts";
import { answerList } from "./run-page.ts";
import { hardwareBadge } from "./runs-page.ts";
import type { View } from "./view.ts";

export interface GroupPage {
  readonly made: MadeReport;
  /** Of the platforms that have begun. */
  readonly runs: readonly RunEvidence[];
  readonly view: View;
  readonly running: ReadonlySet<string>;
  readonly formats: readonly string[];
}

/** A study's platforms side by side: each against its own L0, and no platform's figures over another's. */
export async function groupPage(
  assets: Assets,
  { made, runs, view, running, formats }: GroupPage,
): Promise<string> {
  const { report } = made;
  const { subject } = report;
  if (subject.kind !== "group") throw new Error("a group's page is of a group");
  const path = ["groups", subject.id];
  const runOf = new Map(
    subject.members.flatMap(({ platform, run }) => (run === undefined ? [] : [[platform, run]])),
  );
  const { margin } = report.analysis;
  const sources = runs.map((run) => memberSource(report, run));
  const title = `${report.title}: ${subject.id}`;
  const header = html`<h1>${report.title}</h1>
<p class="subject">${subjectText(subject)} · <time datetime="${subject.createdAt}">${subject.createdAt}</time></p>
<ul class="members">
${subject.members.map((member) => memberMarkup(member, running))}</ul>
`;
  const answers =
    report.answers.length === 0
      ? html`<p>Nothing was measured yet.</p>`
      : answerList(report.analysis, ({ platform }) => runOf.get(platform));
  const parts = [answersPart(answers), chartsPart({ path, view, sources, absolute: false, margin })];
  const page = { ...made, path, title, header, parts, link: trialsLink(), formats };
  return reportPage(assets, { ...page, place: "runs", drawn: ["bars"] });
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
