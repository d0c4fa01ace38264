import type { Boot, Trial } from "../core/plan.ts";
import { problemText } from "../core/problem.ts";
import { formatDuration, significant } from "../core/units.ts";
import type { LabEvent } from "../lab/events.ts";
import type { Clock } from "../lab/ports.ts";
import type { Remaining } from "../lab/remaining.ts";

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
  /** What is left; it hears of each event before this does. */
  readonly remaining: Remaining;
  readonly clock: Clock;
}

/**
 * Shows what the lab does: a line for each thing that ended and, on a terminal, a last line that moves:
 * what is being waited for, for how long, and an honest remaining time.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { output, remaining, clock } = options;
  const begun = clock.seconds();
  const trials = options.boots.reduce((sum, boot) => sum + boot.trials.length, 0);
  const open = options.extent === "at least";
  const about = open ? "at least" : "about";
  const moving = output.isTTY === true;

  const left = () => formatDuration(remaining.leftSeconds());
  const share = () => `${remaining.done()}/${remaining.total()}`;
  /** As much as fits on one line: what took how long so far is missed least. */
  const status = (columns: number): string => {
    const waiting = remaining.waiting();
    const what = waiting === undefined ? "" : `${waiting.what} (${formatDuration(waiting.seconds)}) · `;
    const soFar = `${formatDuration(clock.seconds() - begun)} so far, `;
    const end = `${about} ${left()} left`;
    const forms = [`${what}${share()} trials · ${soFar}${end}`, `${what}${share()} trials · ${end}`];
    return (forms.find((form) => form.length < columns) ?? `${share()} trials · ${end}`).slice(
      0,
      columns - 1,
    );
  };
  const redraw = () => {
    if (moving) output.write(`\r\x1b[K${status(output.columns ?? 80)}`);
  };
  const line = (text: string) => {
    output.write(moving ? `\r\x1b[K${text}\n` : `${text}\n`);
    redraw();
  };
  const timer = moving ? setInterval(redraw, 500) : undefined;
  timer?.unref();

  return {
    event(event) {
      switch (event.kind) {
        case "run-started":
          line(
            `run ${event.run}: ${open ? "at least " : ""}${options.boots.length} boots, ${trials} trials${event.done > 0 ? `, ${event.done} ${open ? "trials" : "of them"} in the store already` : ""}; ${about} ${left()}`,
          );
          return;
        case "boot-started":
          line(
            `boot ${event.boot}${open ? "" : `/${options.boots.length}`}${event.condition === undefined ? "" : `, ${event.condition}`}: bring-up ${event.bringUp}, ${event.pending} trials; ${about} ${left()} left`,
          );
          return;
        case "machine-starting":
        case "trial-started":
          redraw();
          return;
        case "machine-ready":
          line(
            `  L${event.level} answers after ${event.readySeconds.toFixed(1)} s (${event.sinceLaunchSeconds.toFixed(1)} s since the first launch)`,
          );
          return;
        case "trial-ended":
          line(trialLine(event.trial, event) + (moving ? "" : `  [${share()}, ${about} ${left()} left]`));
          return;
        case "stack-lost":
          line(problemText(event.problem));
          if (event.again) line("  the stack is brought up afresh for the trials that are left");
          return;
        case "boot-planned":
        case "machine-stopped":
        case "run-ended":
          return;
      }
    },
    close() {
      clearInterval(timer);
      if (moving) output.write("\r\x1b[K");
    },
  };
}

function trialLine(trial: Trial, event: Extract<LabEvent, { kind: "trial-ended" }>): string {
  const head = `  ${trial.direction.padEnd(4)} L${trial.level}  ${trial.workload.padEnd(13)}`;
  if (event.verdict.kind === "failed") return `${head} FAILED: ${event.verdict.problem.what}`;
  const { throughputPerSecond, responseMeanSeconds } = event.verdict.reading;
  const figures = `${significant(throughputPerSecond, 5).padStart(9)}/s ${significant(responseMeanSeconds * 1000, 4).padStart(9)} ms`;
  const doubts = event.verdict.doubts.map(({ guard }) => guard).join(", ");
  if (doubts === "") return `${head} ${figures}`;
  return `${head} ${figures}  DOUBTED (${doubts})${event.again ? ", made again" : ""}`;
}
