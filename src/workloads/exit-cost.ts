import { defineProbe } from "./probe.ts";

/** What it costs to leave a guest and come back: CPUID on x86_64; probe.c says what it is elsewhere. */
export const exitCost = defineProbe({
  name: "exit-cost",
  about: "one exit: what a hypervisor always takes over",
  events: 2000,
  guessEventSeconds: 1e-6,
});
