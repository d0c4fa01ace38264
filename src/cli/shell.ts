import { systemClock } from "../adapters/clock.ts";
import { problemText, type Result } from "../core/base/problem.ts";
import { conditionsOf } from "../core/study/settings/condition.ts";
import { LIMITS } from "../core/study/study.ts";
import type { Machine } from "../lab/ports.ts";
import { createStack, type Stack, worthAnotherBringUp } from "../lab/stack.ts";
import { type Context, EXIT, type ExitCode, say, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { hardware, whole, YES } from "./options.ts";
import type { RunOptions } from "./run.ts";
import { takesStore } from "./store-option.ts";
import { loadStudyWith } from "./study-options.ts";
import { withLab } from "./with-lab.ts";

export const defineShell: Define = (command, context, end) => {
  const [level] = command.registeredArguments;
  if (level !== undefined) level.argParser(whole(0, LIMITS.levels)).description = "the deepest level";
  takesStore(command)
    .option(...YES)
    .addOption(hardware())
    .option("--study <study>", "whose machines to use", "quick")
    .action((deepest: number, options) => end(shellCommand(context, deepest, options.study, options)));
};

/** `dvirt shell LEVEL`: a stack that many levels deep, and a shell in its deepest machine. */
export async function shellCommand(
  context: Context,
  level: number,
  study: string,
  options: RunOptions,
): Promise<ExitCode> {
  const whole = await loadStudyWith(context, study, options);
  if (!whole.ok) return tell(context, whole.problems);
  // The machine is the study's own, made to host what is deeper there, unless the shell is to be deeper still.
  const deeper = level > whole.value.levels;
  const loaded = deeper ? await loadStudyWith(context, study, { ...options, levels: level }) : whole;
  if (!loaded.ok) return tell(context, loaded.problems);
  const [first] = conditionsOf(loaded.value);
  if (first !== undefined) say(context, `of the study's conditions the first is brought up: ${first.name}`);
  const lab = { context, study: loaded.value, seed: 0, options, what: `dvirt shell ${level}` };
  return withLab(lab, async (platform) => {
    const stack = createStack({
      base: platform.base,
      steps: platform.steps(undefined),
      clock: systemClock,
      emit: (event) => {
        if (event.kind === "machine-starting") say(context, `starting L${event.level} (${event.driver})`);
        if (event.kind === "machine-ready") {
          say(
            context,
            `L${event.level} answers, ${event.sinceLaunchSeconds.toFixed(1)} s after the first launch`,
          );
        }
      },
      onMachine: async () => [],
    });
    try {
      const reached = await reachTwice(stack, level, context);
      if (!reached.ok) {
        const said = await stack.diagnose();
        return tell(
          context,
          reached.problems.map((problem) => (said === undefined ? problem : { ...problem, evidence: said })),
        );
      }
      say(
        context,
        `this is a shell at L${level} on ${platform.hardware} hardware; exit ends it and the whole stack`,
      );
      await reached.value.shell({ input: context.input, output: context.output }, context.signal);
      return context.signal.aborted ? EXIT.stopped : EXIT.fine;
    } finally {
      await stack.dispose();
    }
  });
}

/** As a run would, a stack that did not come up is brought up afresh: once, for somebody waits. */
async function reachTwice(stack: Stack, level: number, context: Context): Promise<Result<Machine>> {
  const reached = await stack.reach(level, context.signal);
  const [problem] = reached.ok ? [] : reached.problems;
  if (problem === undefined || context.signal.aborted || !worthAnotherBringUp(problem)) return reached;
  say(context, `${problemText(problem)}\n  once more, from L0`);
  await stack.dispose();
  return stack.reach(level, context.signal);
}
