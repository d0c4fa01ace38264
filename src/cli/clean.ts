import { systemClock } from "../adapters/clock.ts";
import { diskUsage, remove } from "../adapters/files.ts";
import { lockLab } from "../adapters/lab-lock.ts";
import { formatBytes } from "../core/base/units.ts";
import { LAB_LOCK } from "../platforms/platform.ts";
import { cached, leftovers } from "./cache.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import type { Define } from "./define.ts";

export const defineClean: Define = (command, context, end) => {
  command.option("--dry-run", "only say it").action((options) => end(cleanCommand(context, options)));
};

/** `dvirt clean`: removes images, data sets and leftovers, saying what and how big; never the store. */
export async function cleanCommand(
  context: Context,
  { dryRun }: { readonly dryRun?: boolean },
): Promise<ExitCode> {
  const lock = await lockLab(LAB_LOCK, { pid: process.pid, what: "dvirt clean", since: systemClock.now() });
  if (!lock.ok) return tell(context, lock.problems);
  try {
    const done = dryRun === true ? "would remove" : "removed";
    let total = 0;
    const found = new Set([...(await leftovers(context)), ...(await cached(context))]);
    for (const path of found) {
      const bytes = await diskUsage(path);
      total += bytes;
      context.output.write(`${done} ${path} (${formatBytes(bytes)})\n`);
      if (dryRun !== true) await remove(path);
    }
    const all = `${formatBytes(total)} in all; measured runs stay in the store`;
    context.output.write(`${found.size === 0 ? "nothing to remove" : all}\n`);
    return EXIT.fine;
  } finally {
    await lock.value.release();
  }
}
