import { z } from "zod";
import { failed, ok, type Result } from "../core/base/problem.ts";
import { median } from "../core/stats/median.ts";
import {
  defineWorkload,
  type Reading,
  type SimulatedTruth,
  type WorkloadKind,
} from "../core/study/workload.ts";

/** Where the image keeps the program that src/images/guest/probes/probe.c is compiled to. */
const PROGRAM = "/usr/lib/dvirt/probe";

/** What it costs to leave a guest and come back: CPUID on x86_64; probe.c says what it is elsewhere. */
export const exitCost = defineProbe({
  name: "exit-cost",
  about: "one exit: what a hypervisor always takes over",
  events: 2000,
  guessEventSeconds: 1e-6,
});

/** The cheapest system call: a way into the kernel and back that needs no hypervisor. */
export const syscall = defineProbe({
  name: "syscall",
  about: "one system call: no hypervisor is needed",
  events: 5000,
  guessEventSeconds: 1e-6,
});

/** The first touch of a fresh page: the kernel's page tables, and the hypervisor's where it has to fill its own. */
export const pageFault = defineProbe({
  name: "page-fault",
  about: "one page fault: first touch of fresh memory",
  events: 500,
  guessEventSeconds: 5e-6,
});

interface ProbeDefinition {
  readonly name: string;
  readonly about: string;
  /** What a batch has unless the study says otherwise. */
  readonly events: number;
  /** Of one event at L0 of an emulated computer. */
  readonly guessEventSeconds: number;
}

/** A workload that times one event of the processor or the kernel in batches. */
function defineProbe({ name, about, events, guessEventSeconds }: ProbeDefinition): WorkloadKind {
  return defineWorkload({
    name,
    about,
    needs: [PROGRAM],
    params: z.strictObject({
      batches: z.int().min(1).max(1000).default(25), // each is a line of output
      events: z.int().min(1).default(events),
      threads: z.literal(1).default(1),
    }),
    argv: (p) => [PROGRAM, name, String(p.batches), String(p.events)],
    parse: parseProbe,
    guessSeconds: (p) => p.batches * p.events * guessEventSeconds,
    render: (p, truth) => renderProbe(name, p.batches, p.events, truth),
  });
}

/** One batch: nanoseconds and ticks of its events, and of the same loop without them. */
const BATCH = /^batch (\d+) (\d+) (\d+) (\d+)$/;

/**
 * Throughput and response time are of all batches together, the loop around the events included. What one event costs
 * by itself is in `more`: medians and minima over batches of what one event of a batch took, and what a turn of the
 * loop took; ticks of the processor's counter where there is one.
 */
export function parseProbe(stdout: string): Result<Reading> {
  const perBatch = Number(/^events per batch (\d+)$/m.exec(stdout)?.[1] ?? Number.NaN);
  const counter = /^counter (\S+)$/m.exec(stdout)?.[1];
  const batches = stdout.split("\n").flatMap((line) => {
    const match = BATCH.exec(line);
    return match === null ? [] : [match.slice(1).map(Number)];
  });
  if (!(perBatch >= 1) || counter === undefined || batches.length === 0) {
    return failed({
      code: "unexpected-output",
      what: "the probe's output has no batches, or does not say how many events each has",
    });
  }
  const each = (column: number, unit: number) => batches.map((one) => ((one[column] ?? 0) * unit) / perBatch);
  const [seconds, loopSeconds] = [each(0, 1e-9), each(2, 1e-9)];
  const total = seconds.reduce((sum, one) => sum + one, 0) * perBatch;
  if (total <= 0) return failed({ code: "no-events", what: "the probe's clock did not move" });
  const events = perBatch * batches.length;
  // Each batch is rounded to a nanosecond by itself.
  const step = 1e-9 * Math.sqrt(batches.length);
  const ticks =
    counter === "none"
      ? {}
      : {
          eventMedianTicks: median(each(1, 1)),
          eventLeastTicks: least(each(1, 1)),
          loopTicks: median(each(3, 1)),
        };
  return ok({
    metrics: { throughput: events / total, response: total / events },
    resolution: { throughput: (events / total) * (step / total), response: step / events },
    more: {
      events,
      elapsedSeconds: total,
      threads: 1,
      batches: batches.length,
      eventMedianSeconds: median(seconds),
      eventLeastSeconds: least(seconds),
      loopSeconds: median(loopSeconds),
      // An event's cost is the difference of two batches' medians, each a whole number of nanoseconds.
      eventStepSeconds: (1e-9 * Math.SQRT2) / perBatch,
      ...ticks,
    },
  });
}

function least(values: readonly number[]): number {
  return values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

/** The probe's output for the simulated machine, whose loops take no time. */
function renderProbe(name: string, batches: number, events: number, truth: SimulatedTruth): string {
  const nanoseconds = Math.round((1e9 * events) / truth.throughputPerSecond);
  const head = `probe ${name}\narchitecture simulated\ncounter none\nevent simulated\nevents per batch ${events}\n`;
  return `${head}${`batch ${nanoseconds} 0 0 0\n`.repeat(batches)}`;
}
