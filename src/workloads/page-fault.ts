import { defineProbe } from "./probe.ts";

/** The first touch of a fresh page: the kernel's page tables, and the hypervisor's where it has to fill its own. */
export const pageFault = defineProbe({
  name: "page-fault",
  about: "one page fault: first touch of fresh memory",
  events: 500,
  guessEventSeconds: 5e-6,
});
