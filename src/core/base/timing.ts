/**
 * What a second of a run means. `wall`: a second of an ordinary clock. `counted`: the machine's clock counts
 * instructions, so a second is a fixed number of them. `functional`: the machine behaves like the real one, but its
 * speed says nothing about the real one's.
 */
export type Timing = "wall" | "counted" | "functional";

/** The label that every output puts on figures of such a run; its short form ends at the colon. */
export const TIMING_LABELS: Readonly<Record<Timing, string | undefined>> = {
  wall: undefined,
  counted:
    "EMULATED HARDWARE, COUNTED TIME: a second is a number of instructions of the computer below L0. This is a microscope and not a stopwatch: never set its seconds beside another machine's.",
  functional:
    "EMULATED HARDWARE, FUNCTIONAL ONLY: the computer below L0 does what the real one does, at a speed that says nothing about the real one. What ran is evidence; how fast it ran is not.",
};

const WORDS: Readonly<Record<Timing | "mixed", string>> = {
  wall: "",
  counted: ", counted time",
  functional: ", functional only",
  mixed: ", mixed time",
};

/** The hardware and the kind of time in a line: `emulated hardware, counted time`. */
export function groundText(of: { readonly hardware: string; readonly timing: keyof typeof WORDS }): string {
  return `${of.hardware} hardware${WORDS[of.timing]}`;
}

/** Why the machine's clock or load cannot be compared with the host's; undefined where it can. */
export const NOT_JUDGED_BECAUSE: Readonly<Record<Timing, string | undefined>> = {
  wall: undefined,
  counted: "not judged, because the emulated computer's clock counts instructions and not the host's time",
  functional: "not judged, because how fast this emulated computer runs is no figure",
};
