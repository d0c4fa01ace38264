import { type Guard, unchanged } from "./guard.ts";

/** Another clock source has another cost to read and may run at another rate; a kernel changes it when one is unstable. */
export const clockSource: Guard = {
  name: "clock-source",
  check: (input) =>
    unchanged(
      input,
      "clock source",
      (snapshot) => snapshot.clockSource,
      ({ atBringUp, facts }) => atBringUp?.clockSource ?? facts.get("clocksource")?.trim(),
    ),
};
