import { type Guard, unchanged } from "./guard.ts";

/** KSM merges equal pages of guests behind their backs: it takes CPU time, and every write to such a page faults. */
export const pageSharing: Guard = {
  name: "page-sharing",
  check: (input) =>
    unchanged(
      input,
      "KSM",
      (snapshot) => snapshot.pageSharing,
      ({ atBringUp }) => atBringUp?.pageSharing,
    ),
};
