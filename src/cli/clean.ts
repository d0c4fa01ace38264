import { join } from "node:path";
import { systemClock } from "../adapters/clock.ts";
import { diskUsage, namesIn, remove } from "../adapters/files.ts";
import { lockLab } from "../adapters/lab-lock.ts";
import { formatBytes } from "../core/units.ts";
import { platforms } from "../platforms/index.ts";
import { type Context, cacheOf, EXIT, type ExitCode, leftovers, tell } from "./context.ts";

/** `dvirt clean`: removes images, data sets and leftovers, saying what and how big; never the store. */
export async function cleanCommand(
  context: Context,
  options: { readonly dryRun?: boolean },
): Promise<ExitCode> {
  const lockName = platforms.find((platform) => platform.lock !== undefined)?.lock ?? "dvirt-lab";
  const lock = await lockLab(lockName, { pid: process.pid, what: "dvirt clean", since: systemClock.now() });
  if (!lock.ok) return tell(context, lock.problems);
  try {
    const cache = cacheOf(context);
    const found: string[] = [...(await leftovers(context))];
    for (const room of ["images", "data-sets"]) {
      for (const name of await namesIn(join(cache, room))) {
        const path = join(cache, room, name);
        if (!found.includes(path)) found.push(path);
      }
    }
    let total = 0;
    for (const path of found) {
      const bytes = await diskUsage(path);
      total += bytes;
      context.output.write(
        `${options.dryRun === true ? "would remove" : "removed"} ${path} (${formatBytes(bytes)})\n`,
      );
      if (options.dryRun !== true) await remove(path);
    }
    context.output.write(
      found.length === 0
        ? "nothing to remove\n"
        : `${formatBytes(total)} in all; measured runs stay in the store\n`,
    );
    return EXIT.fine;
  } finally {
    await lock.value.release();
  }
}
