import { availableParallelism } from "node:os";
import { groundOf } from "../core/study/clock.ts";
import { fewerCpusText, fittedTo } from "../core/study/resources.ts";
import type { Study } from "../core/study/study.ts";
import { certainBoots } from "../core/trial/plan.ts";
import { platformNamed } from "../platforms/index.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { withParallel, withStudy } from "./options.ts";
import { withOwnCommand } from "./own-command.ts";
import { planText } from "./plan-text.ts";
import { stacksOn } from "./stacks.ts";
import { takesStore } from "./store-option.ts";
import { loadStudiesWith, type StudyOptions } from "./study-options.ts";

export const definePlan: Define = (command, context, end) => {
  withOwnCommand(withParallel(withStudy(takesStore(command)))).action((study: string | undefined, options) =>
    end(planCommand(context, study ?? "quick", options)),
  );
};

export interface PlanOptions extends StudyOptions {
  readonly seed?: number;
  readonly parallel?: number;
}

/** `dvirt plan [STUDY]`: what would be done, trial by trial and argv by argv, and nothing of it done. */
export async function planCommand(context: Context, name: string, options: PlanOptions): Promise<ExitCode> {
  const loaded = await loadStudiesWith(context, name, options);
  if (!loaded.ok) return tell(context, loaded.problems);
  for (const [index, study] of loaded.value.entries()) {
    if (index > 0) context.output.write("\n");
    const code = await planStudy(context, study, options);
    if (code !== EXIT.fine) return code;
  }
  return EXIT.fine;
}

/** The plan on one platform, which is measured before the next one begins. */
async function planStudy(context: Context, given: Study, options: PlanOptions): Promise<ExitCode> {
  const platform = platformNamed(given.platform);
  const { machines, preview } = platform;
  const hardware = given.hardware === "real" ? "real" : "emulated";
  const ground = groundOf(given, platform, hardware);
  const launchesOf = (condition: number | undefined) =>
    preview(given, hardware, availableParallelism(), condition);
  const sizes = launchesOf(undefined).map(({ measured }) => measured);
  // No argv can be shown with an expression that does not fit this host.
  const fitted = fittedTo(given, sizes);
  if (!fitted.ok) return tell(context, fitted.problems);
  const seed = { number: options.seed ?? 1, drawn: options.seed === undefined };
  const stacks = await stacksOn(context, {
    asked: options.parallel,
    study: fitted.value,
    ground,
    boots: certainBoots(fitted.value, seed.number).length,
    laidOutBytes: 0,
  });
  if (!stacks.ok) return tell(context, stacks.problems);
  const cpus = ground.cpus ?? availableParallelism();
  const warning = machines.kind === "made" ? fewerCpusText(fitted.value, cpus) : undefined;
  const shown = { study: fitted.value, machines, ground, launchesOf, seed, warning };
  context.output.write(planText({ ...shown, stacks: stacks.value }));
  return EXIT.fine;
}
