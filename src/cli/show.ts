import { shellQuote } from "../adapters/shell.ts";
import { endText } from "../core/base/command.ts";
import { METRIC_IDS, METRICS } from "../core/base/metrics.ts";
import { printable, problemText } from "../core/base/problem.ts";
import { figures, table, words } from "../core/document/document.ts";
import { allOf, type Report, type TrialRow } from "../core/report/parts/report.ts";
import type { GuardResult, Observation, Outcome } from "../core/trial/observation.ts";
import type { RunRecord } from "../lab/ports.ts";
import { guardsOf, machineOf } from "../lab/run.ts";
import type { StoreReader } from "../lab/store.ts";
import { tablesFor } from "../outputs/terminal.ts";
import { textTable } from "../outputs/text-table.ts";
import { type Context, EXIT, type ExitCode, type FullOption, type StoreOption, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { findSubject } from "./find-subject.ts";
import { withStore } from "./open-store.ts";
import { withFull } from "./options.ts";
import { reportText, subjectNamed } from "./report.ts";
import { takesStore } from "./store-option.ts";

export const defineShow: Define = (command, context, end) => {
  withFull(takesStore(command)).action((run: string | undefined, trial: string | undefined, options) =>
    end(showCommand(context, run ?? "latest", trial, options)),
  );
};

/** `dvirt show RUN|GROUP [TRIAL]`: the answer, with `--full` every trial too; or everything that one trial of a run left. */
export async function showCommand(
  context: Context,
  name: string,
  trial: string | undefined,
  options: StoreOption & FullOption,
): Promise<ExitCode> {
  return withStore(context, options, async (store) => {
    if (trial === undefined) {
      const report = await subjectNamed(store, name);
      return report.ok ? await showReport(context, report.value, options) : tell(context, report.problems);
    }
    const found = await findSubject(store, name);
    if (!found.ok) return tell(context, found.problems);
    if (found.value.kind === "run") return await showTrial(context, found.value.run, store, trial);
    return tell(context, [
      {
        code: "no-trial",
        at: trial,
        what: `${found.value.group.id} is a group, whose platforms each have a trial of that name`,
        hint: `dvirt show ${found.value.group.id}-PLATFORM ${trial}`,
      },
    ]);
  });
}

async function showReport(context: Context, report: Report, options: FullOption): Promise<ExitCode> {
  const text = reportText(context, report, options);
  context.output.write(`${text}\n${options.full === true ? await moreText(report) : ""}`);
  return EXIT.fine;
}

/** The tables that are for `dvirt show` alone, and every trial. */
async function moreText(report: Report): Promise<string> {
  const trials = table(await allOf(report.trials), {
    id: "trials",
    title: "Trials",
    columns: [
      words("trial", ({ platform, trial }) =>
        platform === undefined ? trial.id : `${platform} ${trial.id}`,
      ),
      ...METRIC_IDS.map((metric) =>
        figures<TrialRow>(METRICS[metric].heading, ({ reading }) => {
          const value = reading?.metrics[metric];
          return value === undefined ? undefined : (value * METRICS[metric].factor).toPrecision(5);
        }),
      ),
      words("", ({ problem, doubts }) =>
        problem === undefined ? doubts.map(({ guard }) => `doubted: ${guard}`).join(", ") : "FAILED",
      ),
    ],
  });
  return printable(["", ...tablesFor(report, "show").map(textTable), textTable(trials), ""].join("\n"));
}

async function showTrial(
  context: Context,
  run: RunRecord,
  store: StoreReader,
  id: string,
): Promise<ExitCode> {
  const attempts = await store.trial(run.id, id);
  if (attempts.length === 0) {
    return tell(context, [
      {
        code: "no-trial",
        at: id,
        what: `run ${run.id} holds no such trial`,
        hint: `dvirt show ${run.id} lists them`,
      },
    ]);
  }
  const machines = await store.machines(run.id);
  for (const { observation, outcome } of attempts) {
    const machine = machineOf(observation, machines);
    const parts = [
      ...trialParts(observation, outcome),
      ["guards", guardsText(guardsOf(run, { observation, outcome }, machines))],
      ["launched by", machine === undefined ? "" : shellQuote(machine.argv)],
      ["machine", machine?.facts ?? ""],
    ];
    const text = parts.map(([name, body]) => `--- ${name}\n${(body ?? "").trimEnd()}\n`).join("\n");
    context.output.write(`${printable(text)}\n`);
  }
  return EXIT.fine;
}

function trialParts(observation: Observation, outcome: Outcome | undefined): readonly [string, string][] {
  const { trial, attempt, bringUp, startedAt, completed } = observation;
  return [
    ["trial", `${trial.id}, attempt ${attempt}, bring-up ${bringUp}, started ${startedAt}`],
    ["command", shellQuote(observation.argv)],
    ["end", `${endText(completed.end)} after ${completed.seconds.toFixed(3)} s by the host's clock`],
    ["outcome", outcomeText(outcome)],
    ["standard output", completed.stdout],
    ["standard error", completed.stderr],
    ...steps(observation),
    ...observation.evidence.flatMap(({ level, before, after }): [string, string][] => [
      [`L${level} before`, before],
      [`L${level} after`, after],
    ]),
    ...hostParts(observation),
  ];
}

function hostParts({ host }: Observation): readonly [string, string][] {
  if (host === undefined) return [];
  return [
    ["host at the start", host.start.text],
    ["host before", host.before.text],
    ["host after", host.after.text],
  ];
}

/** What each guard of this version says of what is stored. */
function guardsText(found: readonly GuardResult[]): string {
  return found.map(({ guard, kind, sentence }) => `${kind.padEnd(8)} ${guard}: ${sentence}`).join("\n");
}

function outcomeText(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "not judged yet";
  return outcome.kind === "measured" ? JSON.stringify(outcome.reading) : problemText(outcome.problem);
}

function steps(observation: Observation): [string, string][] {
  return observation.setupSteps.map(({ phase, command, completed }) => [
    phase,
    [
      shellQuote(command.argv),
      ...(command.stdin === undefined ? [] : ["standard input:", command.stdin]),
      `${endText(completed.end)} after ${completed.seconds.toFixed(3)} s`,
      completed.stdout,
      completed.stderr,
    ].join("\n"),
  ]);
}
