import { systemClock } from "../adapters/clock.ts";
import { LIMITS, studyData } from "../core/study/study.ts";
import { type Context, type ExitCode, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { findSubject } from "./find-subject.ts";
import { measureGroup } from "./group.ts";
import { beginRun, goOnWith, stampedId } from "./measure.ts";
import { fromStore } from "./open-store.ts";
import { label, whole, withFull, withParallel, withStudy, YES } from "./options.ts";
import { withOwnCommand } from "./own-command.ts";
import { takesStore } from "./store-option.ts";
import { loadStudiesWith, type StudyOptions } from "./study-options.ts";
import type { LabOptions } from "./with-lab.ts";

export const defineRun: Define = (command, context, end) => {
  withOwnCommand(withFull(withParallel(withStudy(takesStore(command)))))
    .option(...YES)
    .option(
      "--label <name>",
      "a name for this run, such as before, which compare, show and report take",
      label,
    )
    .option("--out <folder>", "where result files go", "dvirt-results")
    .action((study: string | undefined, options) => end(runCommand(context, study ?? "quick", options)));
};

export const defineResume: Define = (command, context, end) => {
  withFull(withParallel(takesStore(command)))
    .option(...YES)
    .option("--boots <n>", "boots in all, for a run with a fixed number of them", whole(1, LIMITS.boots))
    .option("--out <folder>", "where result files go", "dvirt-results")
    .action((run: string | undefined, options) => end(resumeCommand(context, run ?? "latest", options)));
};

export interface RunOptions extends StudyOptions, LabOptions {
  readonly seed?: number;
}

/** `dvirt run [STUDY]`: the whole job. */
export async function runCommand(context: Context, name: string, options: RunOptions): Promise<ExitCode> {
  const loaded = await loadStudiesWith(context, name, options);
  if (!loaded.ok) return tell(context, loaded.problems);
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const [study, another] = loaded.value;
  if (study === undefined) throw new Error("a study passed the schema and has no platform");
  if (another === undefined) return beginRun({ context, options }, study, seed);
  const createdAt = systemClock.now();
  const id = stampedId(createdAt, study.name, seed);
  return measureGroup(context, { id, createdAt, studies: loaded.value.map(studyData), seed }, options);
}

/** `dvirt resume [RUN|GROUP]`: goes on with the first trial that is not in the store. */
export async function resumeCommand(context: Context, name: string, options: RunOptions): Promise<ExitCode> {
  const found = await fromStore(context, options, (store) => findSubject(store, name));
  if (!found.ok) return tell(context, found.problems);
  if (found.value.kind === "group" && options.boots !== undefined) {
    return tell(context, [
      {
        code: "bad-option",
        at: "--boots",
        what: `${found.value.group.id} is a group of runs, which all have what their study says`,
        hint: `a run of it, such as ${found.value.group.id}-PLATFORM`,
      },
    ]);
  }
  return found.value.kind === "run"
    ? goOnWith({ context, options }, found.value.run)
    : measureGroup(context, found.value.group, options);
}
