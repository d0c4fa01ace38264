import { systemClock } from "../adapters/clock.ts";
import { studyData } from "../core/study.ts";
import { type Context, type ExitCode, openStore, tell } from "./context.ts";
import { findSubject } from "./find-subject.ts";
import { measureGroup } from "./group.ts";
import { beginRun, goOnWith, stampedId } from "./measure.ts";
import { loadStudiesWith, type StudyOptions } from "./study-options.ts";
import type { LabOptions } from "./with-lab.ts";

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
  if (another === undefined) return beginRun(context, study, seed, options);
  const createdAt = systemClock.now();
  const id = stampedId(createdAt, study.name, seed);
  return measureGroup(context, { id, createdAt, studies: loaded.value.map(studyData), seed }, options);
}

/** `dvirt resume [RUN|GROUP]`: goes on with the first trial that is not in the store. */
export async function resumeCommand(context: Context, name: string, options: RunOptions): Promise<ExitCode> {
  const opened = await openStore(context, options);
  if (!opened.ok) return tell(context, opened.problems);
  const found = await findSubject(opened.value, name);
  await opened.value.close();
  if (!found.ok) return tell(context, found.problems);
  return found.value.kind === "run"
    ? goOnWith(context, found.value.run, options)
    : measureGroup(context, found.value.group, options);
}
