import { systemClock } from "../adapters/clock.ts";
import { ensurePackages } from "../adapters/debian.ts";
import { ensureFolder } from "../adapters/files.ts";
import { lockLab, storeLockName } from "../adapters/lab-lock.ts";
import { localMachine } from "../adapters/machine/local.ts";
import type { Study } from "../core/study.ts";
import type { PreparedPlatform, Store } from "../lab/ports.ts";
import { platformNamed } from "../platforms/index.ts";
import type { Platform } from "../platforms/platform.ts";
import {
  ask,
  type Context,
  cacheOf,
  type ExitCode,
  isInteractive,
  labFolderOf,
  openStore,
  type StoreOption,
  say,
  storePath,
  sweep,
  tell,
} from "./context.ts";

export interface LabOptions extends StoreOption {
  /** Installs without asking. */
  readonly yes?: boolean;
  readonly out?: string;
}

/** Packages, lock, sweep, platform, store: in that order, and all given back afterwards. */
export async function withLab(
  context: Context,
  study: Study,
  seed: number,
  options: LabOptions,
  what: string,
  body: (platform: PreparedPlatform, store: Store) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { signal } = context;
  const platform = platformNamed(study.platform);
  const packages = await installedFor(context, platform, study, options);
  if (!packages.ok) return tell(context, packages.problems);
  // A lab without machines shares only its store.
  const lockName = platform.lock ?? storeLockName(storePath(context, options));
  const lock = await lockLab(lockName, { pid: process.pid, what, since: systemClock.now() });
  if (!lock.ok) return tell(context, lock.problems);
  try {
    // A folder that cannot be had is better known before hours of measuring than after.
    if (options.out !== undefined) await ensureFolder(options.out);
    if (platform.lock !== undefined) await sweep(context);
    const opened = await openStore(context, options);
    if (!opened.ok) return tell(context, opened.problems);
    try {
      await ensureFolder(cacheOf(context));
      const prepared = await platform.prepare({
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
  return ensurePackages(
    {
      needs: await platform.needs(cacheOf(context), study),
      path: context.environment["PATH"] ?? "",
      ask: options.yes !== true && isInteractive(context) ? (question) => ask(context, question) : undefined,
      say: (text) => say(context, text),
    },
    localMachine(),
    context.signal,
  );
}
