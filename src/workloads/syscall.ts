import { defineProbe } from "./probe.ts";

/** The cheapest system call: a way into the kernel and back that needs no hypervisor. */
export const syscall = defineProbe({
  name: "syscall",
  about: "one system call: no hypervisor is needed",
  events: 5000,
  guessEventSeconds: 1e-6,
});
