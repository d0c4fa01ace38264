import type { Boot, Trial } from "../core/plan.ts";
import { problemText } from "../core/problem.ts";
import { formatDuration, significant } from "../core/units.ts";
import { type Estimator, remainingSeconds } from "../lab/estimate.ts";
import type { LabEvent } from "../lab/events.ts";
import type { Clock } from "../lab/ports.ts";

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
  readonly done: ReadonlySet<string>;
  readonly estimator: Estimator;
  readonly clock: Clock;
}

/**
 * Shows what the lab does: a line for each thing that ended and, on a terminal, a last line that moves:
 * what is being waited for, for how long, and an honest remaining time.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { output, estimator, clock } = options;
  const begun = clock.seconds();
  const certain = options.boots.flatMap((boot) => boot.trials);
  const known = new Set(certain.map(({ id }) => id));
  const pending = certain.filter((trial) => !options.done.has(trial.id));
  let total = pending.length;
  const open = options.extent === "at least";
  const about = open ? "at least" : "about";
  let depth = -1;
  let waiting: { what: string; since: number; expected: number } | undefined;
  const moving = output.isTTY === true;

  const left = (): number => {
    const rest = remainingSeconds(pending, depth, estimator);
    const spent = waiting === undefined ? 0 : Math.min(clock.seconds() - waiting.since, waiting.expected);
    return Math.max(0, rest - spent);
  };
  const status = (): string => {
    const now = clock.seconds();
    const what = waiting === undefined ? "" : `${waiting.what} (${formatDuration(now - waiting.since)}) · `;
    return `${what}${total - pending.length}/${total} trials · ${formatDuration(now - begun)} so far, ${about} ${formatDuration(left())} left`;
  };
  const redraw = () => {
    if (moving) output.write(`\r\x1b[K${status().slice(0, (output.columns ?? 80) - 1)}`);
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
            `run ${event.run}: ${open ? "at least " : ""}${options.boots.length} boots, ${certain.length} trials${event.done > 0 ? `, ${event.done} ${open ? "trials" : "of them"} in the store already` : ""}; ${about} ${formatDuration(left())}`,
          );
          return;
        case "boot-planned":
          for (const trial of event.trials) {
            if (known.has(trial.id)) continue;
            known.add(trial.id);
            if (options.done.has(trial.id)) continue;
            pending.push(trial);
            total += 1;
          }
          return;
        case "boot-started":
          depth = -1;
          line(
            `boot ${event.boot}${open ? "" : `/${options.boots.length}`}${event.condition === undefined ? "" : `, ${event.condition}`}: bring-up ${event.bringUp}, ${event.pending} trials; ${about} ${formatDuration(left())} left`,
          );
          return;
        case "machine-starting":
          waiting = {
            what: `waiting for L${event.level} to answer (${event.driver})`,
            since: clock.seconds(),
            expected: estimator.bringUpSeconds(event.level),
          };
          redraw();
          return;
        case "machine-ready":
          waiting = undefined;
          depth = event.level;
          estimator.sawBringUp(event.level, event.readySeconds);
          line(
            `  L${event.level} answers after ${event.readySeconds.toFixed(1)} s (${event.sinceLaunchSeconds.toFixed(1)} s since the first launch)`,
          );
          return;
        case "machine-again":
          line(problemText(event.problem));
          line(`  L${event.level} is started once more`);
          return;
        case "machine-stopped":
          depth = event.level - 1;
          return;
        case "trial-started":
          waiting = {
            what: `boot ${event.trial.boot} ${event.trial.direction} L${event.trial.level} ${event.trial.workload}`,
            since: clock.seconds(),
            expected: estimator.trialSeconds(event.trial),
          };
          redraw();
          return;
        case "trial-ended": {
          waiting = undefined;
          if (!event.lost) estimator.sawTrial(event.trial, event.seconds);
          const at =
            event.lost || event.again ? -1 : pending.findIndex((trial) => trial.id === event.trial.id);
          if (at >= 0) pending.splice(at, 1);
          line(
            trialLine(event.trial, event) +
              (moving
                ? ""
                : `  [${total - pending.length}/${total}, ${about} ${formatDuration(left())} left]`),
          );
          return;
        }
        case "stack-lost":
          waiting = undefined;
          line(problemText(event.problem));
          if (event.again) line("  the stack is brought up afresh for the trials that are left");
          return;
        case "run-ended":
          waiting = undefined;
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
