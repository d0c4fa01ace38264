import { shellQuote } from "../adapters/shell.ts";
import { endText } from "../core/command.ts";
import { figures, table, words } from "../core/document.ts";
import { guardFindings } from "../core/guards/index.ts";
import type { GuardFinding, Observation, Verdict } from "../core/observation.ts";
import { printable } from "../core/printable.ts";
import { problemText } from "../core/problem.ts";
import type { Report } from "../core/report.ts";
import { type RunRecord, type Store, verdictKey } from "../lab/ports.ts";
import { guardContext } from "../lab/run.ts";
import { terminalText } from "../outputs/terminal.ts";
import { textTable } from "../outputs/text-table.ts";
import { type Context, EXIT, type ExitCode, openStore, type StoreOption, tell } from "./context.ts";
import { findSubject, storedReport } from "./find-subject.ts";

/** `dvirt show RUN|GROUP [TRIAL]`: a report with all its trials, or everything that one trial of a run left. */
export async function showCommand(
  context: Context,
  name: string,
  trial: string | undefined,
  options: StoreOption,
): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const store = opened.value;
  try {
    const found = await findSubject(store, name);
    if (!found.ok) return tell(context, found.problems);
    if (trial === undefined) return showReport(context, await storedReport(found.value, store));
    if (found.value.kind === "run") return await showTrial(context, found.value.run, store, trial);
    return tell(context, [
      {
        code: "no-trial",
        at: trial,
        what: `${found.value.group.id} is a group, whose platforms each have a trial of that name`,
        hint: `dvirt show ${found.value.group.id}-PLATFORM ${trial}`,
      },
    ]);
  } finally {
    await store.close();
  }
}

function showReport(context: Context, report: Report): ExitCode {
  const machines = report.sections
    .filter((section) => section.id === "machines")
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === "table" ? [block.table] : [])));
  const trials = Array.from(report.trials, ({ trial, platform, reading, problem, doubts }) => [
    platform === undefined ? trial.id : `${platform} ${trial.id}`,
    reading === undefined ? "--" : reading.throughputPerSecond.toPrecision(5),
    reading === undefined ? "--" : (reading.responseMeanSeconds * 1000).toPrecision(5),
    problem === undefined ? doubts.map(({ guard }) => `doubted: ${guard}`).join(", ") : "FAILED",
  ]);
  const columns = [words("trial"), figures("per second"), figures("ms"), words("")];
  context.output.write(
    printable(
      [
        terminalText(report),
        "",
        ...machines.map(textTable),
        textTable(table("trials", "Trials", columns, trials)),
        "",
      ].join("\n"),
    ),
  );
  return EXIT.fine;
}

async function showTrial(context: Context, run: RunRecord, store: Store, id: string): Promise<ExitCode> {
  const attempts = (await store.observations(run.id)).filter((one) => one.trial.id === id);
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
  const verdicts = await store.verdicts(run.id);
  const machines = await store.machines(run.id);
  for (const observation of attempts) {
    const machine = machines.find(
      (one) => one.bringUp === observation.bringUp && one.level === observation.trial.level,
    );
    const verdict = verdicts.get(verdictKey({ trial: id, attempt: observation.attempt }));
    const found =
      verdict?.kind === "measured"
        ? guardFindings({
            ...guardContext(observation, run, machines),
            observation,
            reading: verdict.reading,
          })
        : [];
    const parts = [
      ...trialParts(observation, verdict),
      ["guards", guardsText(found)],
      ["launched by", machine === undefined ? "" : shellQuote(machine.argv)],
      ["machine", machine?.facts ?? ""],
    ];
    const text = parts.map(([name, body]) => `--- ${name}\n${(body ?? "").trimEnd()}\n`).join("\n");
    context.output.write(`${printable(text)}\n`);
  }
  return EXIT.fine;
}

function trialParts(observation: Observation, verdict: Verdict | undefined): readonly [string, string][] {
  const { trial, attempt, bringUp, startedAt, completed } = observation;
  return [
    ["trial", `${trial.id}, attempt ${attempt}, bring-up ${bringUp}, started ${startedAt}`],
    ["command", shellQuote(observation.argv)],
    ["end", `${endText(completed.end)} after ${completed.seconds.toFixed(3)} s by the host's clock`],
    ["verdict", verdictText(verdict)],
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
function guardsText(found: readonly GuardFinding[]): string {
  return found.map(({ guard, kind, sentence }) => `${kind.padEnd(8)} ${guard}: ${sentence}`).join("\n");
}

function verdictText(verdict: Verdict | undefined): string {
  if (verdict === undefined) return "not judged yet";
  return verdict.kind === "measured" ? JSON.stringify(verdict.reading) : problemText(verdict.problem);
}

function steps(observation: Observation): [string, string][] {
  return observation.steps.map(({ phase, command, completed }) => [
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
