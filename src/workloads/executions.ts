import { failed, ok, type Result } from "../core/base/problem.ts";
import type { Reading, SimulatedTruth } from "../core/study/workload.ts";

export const STDIN = "/run/dvirt/command.stdin";
export const SAID = "/run/dvirt/command.said";

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
[ -e ${STDIN} ] || : >${STDIN}
for ((count = 1; count <= executions; count++)); do
  if [ -n "$before" ]; then
    sh -c "$before" >${SAID} 2>&1 </dev/null || { code=$?; echo "prepare ended with $code before execution $count" >&2; tail -c 4096 ${SAID} >&2; exit $code; }
  fi
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

interface Executed {
  /** The program and its arguments. */
  readonly run: readonly string[];
  /** A line for a shell before each execution. */
  readonly prepare: string | undefined;
  readonly executions: number;
}

/** An argv that executes another one after the other and prints what each took. */
export function executed({ run, prepare = "", executions }: Executed): readonly string[] {
  return ["bash", "-c", EXECUTE, "command", String(executions), prepare, ...run];
}

/** The shell's clock shows microseconds, at either end. */
const STEP_SECONDS = 1e-6;

/** Executions per second, and their mean, shortest and longest time; what the command printed comes after `said:`. */
export function parseExecutions(stdout: string): Result<Reading> {
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

/** What the simulated machine prints for so many executions. */
export function renderExecutions(executions: number, truth: SimulatedTruth): string {
  const line = `execution ${Math.max(1, Math.round(1e6 / truth.throughputPerSecond))}\n`;
  return `${line.repeat(executions)}said:\n`;
}
