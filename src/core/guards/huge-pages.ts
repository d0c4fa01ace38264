import { type Guard, unchanged } from "./guard.ts";

/** Transparent huge pages decide how far a page-table walk goes, at every level. */
export const hugePages: Guard = {
  name: "huge-pages",
  check: (input) =>
    unchanged(
      input,
      "transparent huge pages",
      (snapshot) => snapshot.hugePages,
      ({ atBringUp, facts }) =>
        atBringUp?.hugePages ?? /\[(\w+)\]/.exec(facts.get("transparent-hugepages") ?? "")?.[1],
    ),
};
