import { shellQuote } from "../adapters/shell.ts";
import { endText } from "../core/command.ts";
import type { Observation } from "../core/observation.ts";
import { problemText } from "../core/problem.ts";
import { inventoryTable } from "../core/report.ts";
import { reportOf } from "../lab/analyse.ts";
import type { RunRecord, Store } from "../lab/ports.ts";
import { terminal } from "../outputs/index.ts";
import { textTable } from "../outputs/text-table.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode, findRun, openStore, type StoreOption } from "./context.ts";
import { tell } from "./run.ts";

/** `dvirt show RUN [TRIAL]`: a run's report with all its trials, or everything that one trial left. */
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
    const found = await findRun(store, name);
    if (!found.ok) return tell(context, found.problems);
    return trial === undefined
      ? await showRun(context, found.value, store)
      : await showTrial(context, found.value, store, trial);
  } finally {
    await store.close();
  }
}

async function showRun(context: Context, run: RunRecord, store: Store): Promise<ExitCode> {
  const report = await reportOf(run, store, workloads);
  const rows = report.trials.map((row) => [
    row.trial.id,
    row.reading === undefined ? "--" : row.reading.throughputPerSecond.toPrecision(5),
    row.reading === undefined ? "--" : (row.reading.responseMeanSeconds * 1000).toPrecision(5),
    row.problem === undefined ? "" : "FAILED",
  ]);
  context.output.write(
    [
      terminal.render(report),
      "",
      textTable(inventoryTable(report)),
      textTable({ title: "Trials", head: ["trial", "per second", "ms", ""], rows }),
      ...Object.entries(run.record)
        .filter(([name]) => name !== "packages")
        .map(([name, value]) => `${name}: ${value}`),
      "",
    ].join("\n"),
  );
  return EXIT.fine;
}

async function showTrial(context: Context, run: RunRecord, store: Store, id: string): Promise<ExitCode> {
  const observation = (await store.observations(run.id)).find((one) => one.trial.id === id);
  if (observation === undefined) {
    return tell(context, [
      {
        code: "no-trial",
        at: id,
        what: `run ${run.id} holds no such trial`,
        hint: `dvirt show ${run.id} lists them`,
      },
    ]);
  }
  const verdict = (await store.verdicts(run.id)).get(id);
  const machine = (await store.machines(run.id)).find(
    (one) => one.bringUp === observation.bringUp && one.level === observation.trial.level,
  );
  const parts: [string, string][] = [
    ["trial", `${id}, bring-up ${observation.bringUp}, started ${observation.startedAt}`],
    ["command", shellQuote(observation.argv)],
    [
      "end",
      `${endText(observation.completed.end)} after ${observation.completed.seconds.toFixed(3)} s by the host's clock`,
    ],
    [
      "verdict",
      verdict === undefined
        ? "not judged yet"
        : verdict.kind === "measured"
          ? JSON.stringify(verdict.reading)
          : problemText(verdict.problem),
    ],
    ["standard output", observation.completed.stdout],
    ["standard error", observation.completed.stderr],
    ...steps(observation),
    ...observation.evidence.flatMap(({ level, before, after }): [string, string][] => [
      [`L${level} before`, before],
      [`L${level} after`, after],
    ]),
    ["launched by", machine === undefined ? "" : shellQuote(machine.argv)],
    ["machine", machine?.facts ?? ""],
  ];
  context.output.write(parts.map(([name, text]) => `--- ${name}\n${text.trimEnd()}\n`).join("\n"));
  return EXIT.fine;
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
