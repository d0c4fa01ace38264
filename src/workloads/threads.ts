import { z } from "zod";
import { defineWorkload } from "../core/study/workload.ts";
import { parseSysbench, renderSysbench, SYSBENCH, sysbench } from "./sysbench.ts";

/** Many threads on few mutexes: it isolates the scheduler, wake-ups and the idle path. */
export const threads = defineWorkload({
  name: "threads",
  about: "contended mutexes: scheduler and wake-ups",
  needs: [SYSBENCH],
  params: z.strictObject({
    threads: z.int().min(1).default(64), // FitzGerald 2014, table 3
    yields: z.int().min(1).default(1000), // FitzGerald 2014, listing 6
    locks: z.int().min(1).default(8), // FitzGerald 2014, listing 6
    events: z.int().min(1).default(10_000), // FitzGerald 2014, table 3
  }),
  argv: (p) =>
    sysbench("threads", {
      threads: p.threads,
      "thread-yields": p.yields,
      "thread-locks": p.locks,
      events: p.events,
    }),
  parse: parseSysbench,
  // 200 events of 100 yields took 0.15 s on an emulated computer.
  guessSeconds: (p) => (p.events * p.yields) / 130_000,
  render: (p, truth) => renderSysbench(truth, p.events),
});
