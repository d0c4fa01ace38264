import { z } from "zod";
import { failed, ok, type Result } from "../core/base/problem.ts";
import {
  defineWorkload,
  type Reading,
  type SimulatedTruth,
  trialLimitSeconds,
} from "../core/study/workload.ts";

const params = z.strictObject({
  /** The program and its arguments; no shell reads them. */
  run: z.array(z.string()).min(1),
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
    ...(p.warmup === 0 ? [] : [{ argv: executed(p, p.warmup), timeoutSeconds: trialLimitSeconds(guess(p)) }]),
  ],
  argv: (p) => executed(p, p.executions),
  cleanup: (p) => [
    ...(p.cleanup === undefined
      ? []
      : [{ argv: ["sh", "-c", p.cleanup], timeoutSeconds: trialLimitSeconds(guess(p)) }]),
    { argv: ["rm", "-f", STDIN, SAID], timeoutSeconds: 60 },
  ],
  parse: parseExecutions,
  guessSeconds: guess,
  render,
});

function guess({ executions, warmup, expectedSeconds }: Params): number {
  return (executions + warmup) * expectedSeconds;
}

const STDIN = "/run/dvirt/command.stdin";
const SAID = "/run/dvirt/command.said";

/** Of what an execution prints, so much of its end is kept. */
const KEPT_BYTES = 65_536;

/**
 * $1 executions, $2 a line before each; then the command. Times are the shell's own clock, read without a process
 * around the command. The first that fails ends it, with its exit code and what it said last.
 */
const EXECUTE = `
executions=$1 before=$2
shift 2
times=
for ((count = 1; count <= executions; count++)); do
  [ -z "$before" ] || sh -c "$before" >${SAID} 2>&1 </dev/null || { code=$?; echo "prepare ended with $code before execution $count" >&2; tail -c 4096 ${SAID} >&2; exit $code; }
  from=$EPOCHREALTIME
  "$@" <${STDIN} >${SAID} 2>&1
  code=$? to=$EPOCHREALTIME
  if [ $code -ne 0 ]; then tail -c 4096 ${SAID} >&2; echo "execution $count ended with $code" >&2; exit $code; fi
  times+="execution $((\${to/[^0-9]/} - \${from/[^0-9]/}))"$'\\n'
done
printf %s "$times"
echo said:
tail -c ${KEPT_BYTES} ${SAID}
`;

function executed(p: Params, executions: number): readonly string[] {
  return ["bash", "-c", EXECUTE, "command", String(executions), p.prepare ?? "", ...p.run];
}

/** The shell's clock shows microseconds, at either end. */
const STEP_SECONDS = 1e-6;

/** Executions per second, and their mean, shortest and longest time; what the command printed comes after `said:`. */
function parseExecutions(stdout: string): Result<Reading> {
  const end = stdout.indexOf("said:\n");
  const lines = end < 0 ? [] : stdout.slice(0, end).split("\n").slice(0, -1);
  const micros = lines.map((line) => Number(/^execution (\d+)$/.exec(line)?.[1]));
  if (micros.length === 0 || micros.some(Number.isNaN)) {
    return failed({ code: "unexpected-output", what: "there is no time of each execution" });
  }
  const total = micros.reduce((sum, one) => sum + one, 0) * 1e-6;
  if (total <= 0) return failed({ code: "no-events", what: "the clock did not move while the command ran" });
  const mean = total / micros.length;
  // Each time is rounded by itself.
  const step = STEP_SECONDS / Math.sqrt(micros.length);
  return ok({
    metrics: { throughput: 1 / mean, response: mean },
    resolution: { throughput: step / mean ** 2, response: step },
    more: {
      executions: micros.length,
      leastSeconds: Math.min(...micros) * 1e-6,
      mostSeconds: Math.max(...micros) * 1e-6,
    },
  });
}

function render(p: Params, truth: SimulatedTruth): string {
  const line = `execution ${Math.max(1, Math.round(1e6 / truth.throughputPerSecond))}\n`;
  return `${line.repeat(p.executions)}said:\n`;
}
