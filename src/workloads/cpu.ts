import { z } from "zod";
import { defineWorkload } from "../core/study/workload.ts";
import { parseSysbench, renderSysbench, SYSBENCH, sysbench } from "./sysbench.ts";

/** A prime search: little memory traffic and no I/O, so it isolates running guest code. */
export const cpu = defineWorkload({
  name: "cpu",
  about: "prime search: guest code without I/O",
  needs: [SYSBENCH],
  params: z.strictObject({
    threads: z.int().min(1),
    primeMax: z.int().min(3).default(20_000), // FitzGerald 2014, table 3
    events: z.int().min(1).default(10_000), // FitzGerald 2014, table 3
  }),
  argv: (p) => sysbench("cpu", { threads: p.threads, "cpu-max-prime": p.primeMax, events: p.events }),
  parse: parseSysbench,
  // One event costs about primeMax^1.5; 8,000 events to 2,000 took 1.6 s on an emulated computer.
  guessSeconds: (p) => (2 * p.events * (p.primeMax / 2000) ** 1.5) / 8000 / p.threads,
  render: (p, truth) => renderSysbench(truth, p.events),
});
