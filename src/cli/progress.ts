import { metricsOf, metricText } from "../core/base/metrics.ts";
import { problemText } from "../core/base/problem.ts";
import { formatDuration } from "../core/base/units.ts";
import type { Boot, Trial } from "../core/trial/plan.ts";
import type { LabEvent } from "../lab/events.ts";
import type { Clock } from "../lab/ports.ts";
import type { Remaining, Waiting } from "../lab/remaining.ts";

export interface Progress {
  event(event: LabEvent): void;
  close(): void;
}

export interface ProgressOptions {
  readonly output: NodeJS.WriteStream;
  /** The boots that are certain before any is measured. */
  readonly boots: readonly Boot[];
  /** Whether more may follow. */
  readonly extent: "all" | "at least";
  /** How many boots are measured at a time. */
  readonly stacks: number;
  /** What is left; it hears of each event before this does. */
  readonly remaining: Remaining;
  readonly clock: Clock;
}

/**
 * Shows what the lab does: a line for each thing that ended and, on a terminal, moving last lines that say what each
 * boot waits for, for how long, and how much time is left.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { output, clock } = options;
  const begun = clock.seconds();
  const moving = output.isTTY === true;
  let shown = 1;
  /** Takes the moving lines away, and leaves the cursor where they began. */
  const cleared = () => {
    const up = shown > 1 ? `\x1b[${shown - 1}A` : "";
    shown = 1;
    return moving ? `\r${up}\x1b[J` : "";
  };
  const redraw = () => {
    if (!moving) return;
    const lines = statusLines(options, begun);
    output.write(`${cleared()}${lines.join("\n")}`);
    shown = lines.length;
  };
  const timer = moving ? setInterval(redraw, 500) : undefined;
  timer?.unref();
  return {
    event(event) {
      const lines = eventLines(event, options);
      if (lines.length > 0) output.write(`${cleared()}${lines.map((line) => `${line}\n`).join("")}`);
      if (lines.length > 0 || REDRAWN.has(event.kind)) redraw();
    },
    close() {
      clearInterval(timer);
      if (moving) output.write(cleared());
    },
  };
}

/** What changes the moving lines without a line of its own. */
const REDRAWN: ReadonlySet<LabEvent["kind"]> = new Set(["machine-starting", "trial-started", "boot-ended"]);

function share({ remaining }: ProgressOptions): string {
  return `${remaining.done()}/${remaining.total()}`;
}

/** `about 12 min 05 s`. */
function left({ remaining, extent }: ProgressOptions): string {
  return `${extent === "at least" ? extent : "about"} ${formatDuration(remaining.leftSeconds())}`;
}

/** A line for each boot where several go on, as far as the terminal has room; the last is of the whole run. */
function statusLines(options: ProgressOptions, begun: number): readonly string[] {
  const { output, remaining } = options;
  const [columns, rows] = [output.columns ?? 80, output.rows ?? 24];
  const waiting = remaining.waiting();
  if (waiting.length < 2) return [wholeLine(options, begun, columns, waiting[0])];
  const boots = waiting.slice(0, Math.max(0, rows - 2)).map((one) => waitingText(one).slice(0, columns - 1));
  return [...boots, wholeLine(options, begun, columns, undefined)];
}

function waitingText({ boot, what, seconds }: Waiting): string {
  return `boot ${boot} ${what} (${formatDuration(seconds)})`;
}

/** Fits on one line: where there is no room, the time so far goes first. */
function wholeLine(
  options: ProgressOptions,
  begun: number,
  columns: number,
  waiting: Waiting | undefined,
): string {
  const what = waiting === undefined ? "" : `${waitingText(waiting)} · `;
  const trials = `${share(options)} trials · `;
  const soFar = `${formatDuration(options.clock.seconds() - begun)} so far, `;
  const end = `${left(options)} left`;
  const forms = [`${what}${trials}${soFar}${end}`, `${what}${trials}${end}`];
  return (forms.find((form) => form.length < columns) ?? `${trials}${end}`).slice(0, columns - 1);
}

function eventLines(event: LabEvent, options: ProgressOptions): readonly string[] {
  const { boots, stacks } = options;
  const open = options.extent === "at least";
  /** Says whose it is, where that is not the boot whose line was the last. */
  const of = (boot: number) => (stacks > 1 ? `boot ${boot} ` : "");
  switch (event.kind) {
    case "run-started": {
      const trials = boots.reduce((sum, boot) => sum + boot.trials.length, 0);
      const done =
        event.done > 0 ? `, ${event.done} ${open ? "trials" : "of them"} in the store already` : "";
      const least = open ? "at least " : "";
      const number = `${least}${boots.length} boots${stacks > 1 ? `, ${stacks} side by side` : ""}`;
      return [`run ${event.run}: ${number}, ${trials} trials${done}; ${left(options)}`];
    }
    case "boot-started": {
      const condition = event.condition === undefined ? "" : `, ${event.condition}`;
      const boot = `boot ${event.boot}${open ? "" : `/${boots.length}`}${condition}`;
      return [`${boot}: bring-up ${event.bringUp}, ${event.pending} trials; ${left(options)} left`];
    }
    case "machine-ready":
      return [
        `  ${of(event.boot)}L${event.level} answers after ${event.readySeconds.toFixed(1)} s (${event.sinceLaunchSeconds.toFixed(1)} s since the first launch)`,
      ];
    case "trial-ended": {
      const rest = options.output.isTTY === true ? "" : `  [${share(options)}, ${left(options)} left]`;
      return [`  ${of(event.boot)}${trialLine(event.trial, event)}${rest}`];
    }
    case "stack-lost": {
      const again = `  ${of(event.boot)}the stack is brought up afresh for the trials that are left`;
      return [`${of(event.boot)}${problemText(event.problem)}`, ...(event.again ? [again] : [])];
    }
    case "machine-starting":
    case "trial-started":
    case "boot-planned":
    case "machine-stopped":
    case "boot-ended":
    case "run-ended":
      return [];
  }
}

function trialLine(trial: Trial, event: Extract<LabEvent, { kind: "trial-ended" }>): string {
  const head = `${trial.direction.padEnd(4)} L${trial.level}  ${trial.workload.padEnd(13)}`;
  if (event.outcome.kind === "failed") return `${head} FAILED: ${event.outcome.problem.what}`;
  const figures = metricsOf(event.outcome.reading.metrics)
    .map(([metric, value]) => metricText(metric, value, 5).padStart(12))
    .join(" ");
  const doubts = event.outcome.doubts.map(({ guard }) => guard).join(", ");
  if (doubts === "") return `${head} ${figures}`;
  return `${head} ${figures}  DOUBTED (${doubts})${event.again ? ", made again" : ""}`;
}
