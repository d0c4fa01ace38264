import { NOT_JUDGED_BECAUSE } from "../../base/timing.ts";
import { readSnapshot, type TimedText } from "../../machine/snapshot.ts";
import type { LevelEvidence } from "../observation.ts";
import {
  doubt,
  fine,
  type Guard,
  type GuardInput,
  machineAt,
  type Outcome,
  overLevels,
  unknown,
} from "./guard.ts";

/**
 * A clock that runs wrong gives a wrong figure, by as much. 1% is half of what a study calls equivalent unless it
 * says otherwise, and 20 times what the kernel's own discipline may do to a clock (500 ppm).
 */
const TOLERANCE = 0.01;

/** How long the rest of a script took is told by the very clock in question: of that, so much is believed. */
const SURELY = 0.8;

/** /proc/uptime has two decimals, at either end. */
const RESOLUTION_SECONDS = 0.02;

/**
 * Durations by each level's own clock against the host's, during the trial and since the bring-up. When a clock was
 * read is known only to lie between asking and answer, so its rate is known as an interval, and a short window often
 * cannot tell.
 */
export const clockRate: Guard = {
  name: "clock-rate",
  check(input) {
    if (input.hardware === "simulated") return unknown("a simulated machine's time is made up");
    const reason = NOT_JUDGED_BECAUSE[input.timing];
    if (reason !== undefined) return unknown(reason);
    const claimed = claimedTime(input);
    const each = input.observation.evidence.map((own) => levelRate(input, own));
    return overLevels(
      claimed === undefined ? each : [claimed, ...each],
      `every level's clock agrees with the host's within ${TOLERANCE * 100}%`,
    );
  },
};

/** A workload cannot have run for longer than the host waited for it. */
function claimedTime({ reading, observation }: GuardInput): Outcome | undefined {
  const claimed = reading.more["elapsedSeconds"];
  const waited = observation.completed.seconds;
  if (claimed === undefined || claimed <= waited * (1 + TOLERANCE) + RESOLUTION_SECONDS) return undefined;
  return doubt(
    `the workload says that it ran for ${claimed.toFixed(2)} s, the host waited ${waited.toFixed(2)} s for it`,
  );
}

function levelRate(input: GuardInput, { level, ...own }: LevelEvidence): Outcome {
  if (own.times === undefined) {
    return unknown(`L${level}: the host's times around the snapshots are not known`);
  }
  const before: TimedText = { text: own.before, ...own.times.before };
  const after: TimedText = { text: own.after, ...own.times.after };
  const atBringUp = machineAt(input, level)?.snapshot;
  const windows = [
    rateBetween(before, after, "during the trial"),
    ...(atBringUp === undefined ? [] : [rateBetween(atBringUp, after, "since the bring-up")]),
  ].filter((one) => one !== undefined);
  return overWindows(level, windows);
}

interface Rate {
  readonly when: string;
  readonly guestSeconds: number;
  /** The level's seconds per second of the host, as far as it can be known. */
  readonly low: number;
  readonly high: number;
}

/** Undefined where a snapshot is missing or the host's times leave no window between the two. */
function rateBetween(from: TimedText, to: TimedText, when: string): Rate | undefined {
  const [begin, end] = [clockReading(from), clockReading(to)];
  if (begin === undefined || end === undefined) return undefined;
  const [shortest, longest] = [end.earliest - begin.latest, end.latest - begin.earliest];
  if (shortest <= 0) return undefined;
  const guestSeconds = end.guestSeconds - begin.guestSeconds;
  return {
    when,
    guestSeconds,
    low: (guestSeconds - RESOLUTION_SECONDS) / longest,
    high: (guestSeconds + RESOLUTION_SECONDS) / shortest,
  };
}

interface ClockReading {
  readonly guestSeconds: number;
  /** The host's time when the clock was read lies between these. */
  readonly earliest: number;
  readonly latest: number;
}

/** After the clock the script reads other things; the answer cannot have come before it was done with them. */
function clockReading({ text, fromSeconds, toSeconds }: TimedText): ClockReading | undefined {
  const { uptimeSeconds, uptimeAtEndSeconds = uptimeSeconds } = readSnapshot(text);
  if (uptimeSeconds === undefined || uptimeAtEndSeconds === undefined) return undefined;
  const afterwards = Math.max(0, uptimeAtEndSeconds - uptimeSeconds - RESOLUTION_SECONDS) * SURELY;
  return {
    guestSeconds: uptimeSeconds,
    earliest: fromSeconds,
    latest: Math.max(fromSeconds, toSeconds - afterwards),
  };
}

function overWindows(level: number, windows: readonly Rate[]): Outcome {
  const wrong = windows.find((one) => one.low > 1 + TOLERANCE || one.high < 1 - TOLERANCE);
  if (wrong !== undefined) {
    const how =
      wrong.low > 1
        ? `fast, by ${percent(wrong.low - 1)} at least`
        : `slow, by ${percent(1 - wrong.high)} at least`;
    return doubt(
      `L${level}'s clock ran ${how} ${wrong.when} (${wrong.guestSeconds.toFixed(1)} s by its own count)`,
    );
  }
  if (windows.some((one) => one.low >= 1 - TOLERANCE && one.high <= 1 + TOLERANCE)) return fine("");
  const best = [...windows].sort((a, b) => a.high - a.low - (b.high - b.low))[0];
  return unknown(
    best === undefined
      ? `L${level}: no two times of its clock to compare with the host's`
      : `L${level}: ${best.guestSeconds.toFixed(1)} s ${best.when} are too short to tell within ${percent(TOLERANCE)}: the clock's rate is between ${best.low.toFixed(3)} and ${best.high.toFixed(3)}`,
  );
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))}%`;
}
