import { freeDiskBytes } from "../adapters/files.ts";
import type { Problem } from "../core/base/problem.ts";
import { formatBytes } from "../core/base/units.ts";

export async function freeDiskProblem(
  path: string,
  needed: number,
  purpose: string,
): Promise<Problem | undefined> {
  const free = await freeDiskBytes(path);
  if (free >= needed) return undefined;
  return {
    code: "disk-full",
    at: path,
    what: `${purpose} needs ${formatBytes(needed)}, and ${formatBytes(free)} are free there`,
    hint: "free some space (dvirt clean removes old images), or point XDG_CACHE_HOME at a larger disk",
  };
}
