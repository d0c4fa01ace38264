import { describe, expect, test } from "vitest";
import type { TrialRow } from "../../../../../src/core/report/parts/report.ts";
import { asynchronousIoNotes, asynchronousIoOf } from "../../../../../src/core/report/run/asynchronous-io.ts";
import type { Reading } from "../../../../../src/core/study/workload.ts";
import { judge } from "../../../../../src/core/trial/observation.ts";
import { fixture } from "../../../fixture.ts";
import { completed, madeUpObservation } from "../../../made-up/observation.ts";
import { commandsOf, workload } from "../../../made-up/study.ts";
import { madeUpTrial } from "../../../made-up/trial.ts";

const NATIVE = "2024-06-08  0:34:26 0 [Note] InnoDB: Using liburing\n";
const REFUSED = `2025-05-13  1:14:53 0 [Warning] mariadbd: io_uring_queue_init() failed with errno 2
2025-05-13  1:14:53 0 [Warning] InnoDB: liburing disabled: falling back to innodb_use_native_aio=OFF
`;
const oltp = workload("oltp", { threads: 1 });
const [command = { argv: [], timeoutSeconds: 1 }] = commandsOf(oltp).prepare;

/** A trial whose server said this as it started. */
function trialOf(level: number, log: string): TrialRow & { readonly reading: Reading } {
  const trial = madeUpTrial({ level, workload: "oltp" });
  const observation = madeUpObservation({
    trial,
    completed: completed({ stdout: fixture(`sysbench/oltp-L${level}.txt`) }),
    setupSteps: [{ phase: "prepare", command, completed: completed({ stdout: log }) }],
  });
  const outcome = judge(observation, oltp.kind.parse, () => []);
  if (outcome.kind !== "measured") throw new Error(outcome.problem.what);
  return {
    trial,
    attempt: 1,
    bringUp: 1,
    startedAt: observation.startedAt,
    seconds: observation.completed.seconds,
    reading: outcome.reading,
    problem: undefined,
    kvm: [],
    doubts: [],
  };
}

describe("how a server reads and writes", () => {
  test.each([
    ["Using liburing", NATIVE, 1],
    ["Using Linux native AIO", "[Note] InnoDB: Using Linux native AIO\n", 1],
    ["a refusal", REFUSED, 0],
    ["a refusal after all", NATIVE + REFUSED, 0],
    ["nothing", "", undefined],
  ])("is read from its log: %s", (_what, log, value) => {
    expect(trialOf(0, log).reading.more["nativeAio"]).toBe(value);
  });

  test("is asked for by the preparation, and asking fails nothing", () => {
    expect(command.argv[2]).toMatch(/grep -iE 'native.aio\|uring' \/run\/dvirt\/mariadbd.log \|\| true/);
  });

  test("is told where levels differ in it, with what to look for", () => {
    const [note, ...others] = asynchronousIoNotes(
      asynchronousIoOf([trialOf(0, NATIVE), trialOf(1, REFUSED), trialOf(2, REFUSED)]),
    );
    expect(others).toEqual([]);
    expect(note).toMatch(
      /^oltp: MariaDB was refused io_uring at L1, L2 .* by the kernel at L0;.*io_uring_disabled/,
    );
  });

  test("is not told where all levels do it in one way, or do not say", () => {
    for (const log of [NATIVE, REFUSED, ""]) {
      expect(asynchronousIoNotes(asynchronousIoOf([trialOf(0, log), trialOf(1, log)]))).toEqual([]);
    }
  });
});
