/**
 * What the seconds of a run are. `wall`: those of a clock on the wall. `counted`: the machine's clock counts
 * instructions, so a second is a number of them and the same in every repetition: a microscope, not a stopwatch.
 * `functional`: the machine works as the real thing does, and how fast it is says nothing of that thing.
 */
export type Timing = "wall" | "counted" | "functional";

/** What must stand wherever a figure of such a run stands; the part before the colon is its short form. */
export const TIMING_LABELS: Readonly<Record<Timing, string | undefined>> = {
  wall: undefined,
  counted:
    "EMULATED HARDWARE, COUNTED TIME: the computer below L0 counts instructions and calls that its clock, so a second is a number of instructions. This is a microscope and not a stopwatch: never set its seconds beside another machine's.",
  functional:
    "EMULATED HARDWARE, FUNCTIONAL ONLY: the computer below L0 does what the real one does, at a speed that says nothing about the real one. What ran is evidence; how fast it ran is not.",
};

const WORDS: Readonly<Record<Timing | "mixed", string>> = {
  wall: "",
  counted: ", counted time",
  functional: ", functional only",
  mixed: ", mixed time",
};

/** `emulated hardware`, `emulated hardware, counted time`: the ground of a report in a line. */
export function groundText({
  hardware,
  timing,
}: {
  readonly hardware: string;
  readonly timing: Timing | "mixed";
}): string {
  return `${hardware} hardware${WORDS[timing]}`;
}

/** Why a clock, or the load beside it, cannot be held against the host's; undefined where it can. */
export function notJudgedBecause(timing: Timing | undefined): string | undefined {
  switch (timing) {
    case undefined:
    case "wall":
      return undefined;
    case "counted":
      return "not judged, because the emulated computer's clock counts instructions and not the host's time";
    case "functional":
      return "not judged, because how fast this emulated computer runs is no figure";
  }
}
