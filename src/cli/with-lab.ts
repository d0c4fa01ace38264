import { systemClock } from "../adapters/clock.ts";
import { ensurePackages } from "../adapters/debian.ts";
import { ensureFolder } from "../adapters/files.ts";
import { lockLab, storeLockName } from "../adapters/lab-lock.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { timingOf } from "../core/study/clock.ts";
import { disturbanceProblem } from "../core/study/side-by-side.ts";
import type { Study } from "../core/study/study.ts";
import { absentFiles } from "../images/recipe.ts";
import type { ReadyPlatform } from "../lab/ports.ts";
import type { Store } from "../lab/store.ts";
import { misfits } from "../platforms/host-lab.ts";
import { platformNamed } from "../platforms/index.ts";
import { LAB_LOCK, type Platform } from "../platforms/platform.ts";
import { sweep } from "./cache.ts";
import {
  ask,
  type Context,
  cacheOf,
  type ExitCode,
  type FullOption,
  labFolderOf,
  type StoreOption,
  say,
  storePath,
  tell,
} from "./context.ts";
import { openStore } from "./open-store.ts";

export interface LabOptions extends StoreOption, FullOption {
  /** Installs without asking. */
  readonly yes?: boolean;
  readonly out?: string;
  /** How many boots are measured side by side; absent where the host decides. */
  readonly parallel?: number;
  /** What the new run is called beside its name. */
  readonly label?: string;
  /** How many boots a run is to have in all. */
  readonly boots?: number;
}

export interface LabRequest {
  readonly context: Context;
  readonly study: Study;
  readonly seed: number;
  readonly options: LabOptions;
  /** The command, for whoever finds the lab locked. */
  readonly what: string;
}

/** Packages, lock, sweep, platform, store: in that order, and all given back afterwards. */
export async function withLab(
  { context, study, seed, options, what }: LabRequest,
  body: (platform: ReadyPlatform, store: Store) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { signal } = context;
  const platform = platformNamed(study.platform);
  const { machines } = platform;
  const hardware = study.hardware === "real" ? "real" : "emulated";
  const disturbed = disturbanceProblem(options.parallel, machines, timingOf(study, machines, hardware));
  if (disturbed !== undefined) return tell(context, [disturbed]);
  const absent = await absentFiles(study);
  if (absent.length > 0) return tell(context, absent);
  const packages = await installedFor(context, platform, study, options);
  if (!packages.ok) return tell(context, packages.problems);
  // Where no machines are made on this host, two runs share only their store.
  const made = machines.kind === "made";
  const lockName = made ? LAB_LOCK : await storeLockName(storePath(context, options));
  const lock = await lockLab(lockName, { pid: process.pid, what, since: systemClock.now() });
  if (!lock.ok) return tell(context, lock.problems);
  try {
    // A folder that cannot be had is better known before hours of measuring than after.
    if (options.out !== undefined) await ensureFolder(options.out);
    if (made) await sweep(context);
    const opened = await openStore(context, options);
    if (!opened.ok) return tell(context, opened.problems);
    try {
      await ensureFolder(cacheOf(context));
      const unfit = await misfits(study, platform, cacheOf(context));
      if (unfit.length > 0) return tell(context, unfit);
      const prepared = await platform.setUp({
        study,
        seed,
        cache: cacheOf(context),
        labFolder: labFolderOf(context),
        say: (text) => say(context, text),
        signal,
      });
      if (!prepared.ok) return tell(context, prepared.problems);
      try {
        return await body(prepared.value, opened.value);
      } finally {
        await prepared.value.dispose();
      }
    } finally {
      await opened.value.close();
    }
  } finally {
    await lock.value.release();
  }
}

/** What a platform needs on this machine, installed where somebody agrees. */
export async function installedFor(
  context: Context,
  platform: Platform,
  study: Study | undefined,
  options: LabOptions,
): ReturnType<typeof ensurePackages> {
  const interactive = context.input.isTTY === true && context.errors.isTTY === true;
  return ensurePackages(
    {
      needs: await platform.needs(cacheOf(context), study),
      path: context.environment["PATH"] ?? "",
      ask: options.yes !== true && interactive ? (question) => ask(context, question) : undefined,
      say: (text) => say(context, text),
    },
    localMachine(),
    context.signal,
  );
}
