import { z } from "zod";
import { defineWorkload, trialLimitSeconds } from "../core/study/workload.ts";
import { executed, parseExecutions, renderExecutions, SAID, STDIN } from "./executions.ts";

/** YAML takes -9 for a number. */
const word = z.string({
  error: ({ input }) =>
    typeof input === "string" || input === undefined ? undefined : "an argument is text: put it in quotes",
});

const params = z.strictObject({
  /** The program and its arguments; no shell reads them. */
  run: z.array(word).min(1),
  /** Measured, one after the other, in each trial. */
  executions: z.int().min(1).max(1000).default(1),
  /** Not measured, before the first: they read what the measured ones find in memory. */
  warmup: z.int().min(0).max(1000).default(1),
  /** A line for a shell before each execution, and one after the last. */
  prepare: z.string().min(1).exactOptional(),
  cleanup: z.string().min(1).exactOptional(),
  /** What each execution finds on its standard input. */
  stdin: z.string().exactOptional(),
  /** What one execution takes at L0: a first guess, from which its limit follows. */
  expectedSeconds: z.number().positive().max(86_400).default(2),
});

type Params = z.infer<typeof params>;

/** Any command of the image's or of the user's own, as it is: what it takes from its start to its end. */
export const command = defineWorkload({
  name: "command",
  about: "a command of your own: seconds from its start to its end",
  needs: ["bash"],
  params,
  prepare: (p) => [
    {
      argv: ["sh", "-c", `mkdir -p /run/dvirt && cat >${STDIN}`],
      timeoutSeconds: 60,
      stdin: p.stdin ?? "",
    },
    ...(p.warmup === 0 ? [] : [{ argv: made(p, p.warmup), timeoutSeconds: trialLimitSeconds(guess(p)) }]),
  ],
  argv: (p) => made(p, p.executions),
  cleanup: (p) => [
    ...(p.cleanup === undefined
      ? []
      : [{ argv: ["sh", "-c", p.cleanup], timeoutSeconds: trialLimitSeconds(guess(p)) }]),
    { argv: ["rm", "-f", STDIN, SAID], timeoutSeconds: 60 },
  ],
  parse: parseExecutions,
  guessSeconds: guess,
  render: (p, truth) => renderExecutions(p.executions, truth),
});

function guess({ executions, warmup, expectedSeconds }: Params): number {
  return (executions + warmup) * expectedSeconds;
}

function made({ run, prepare }: Params, executions: number): readonly string[] {
  return executed({ run, prepare, executions });
}
