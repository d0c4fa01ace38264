import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Confines, LEVEL_GROUP } from "../core/machine/confinement.ts";
import { exists } from "./files.ts";

/** The control group on this host that holds L0 and all that runs in it, or why there is none. */
export type LevelGroup =
  | { readonly kind: "made"; readonly enter: readonly string[] }
  | { readonly kind: "none"; readonly why: string };

const CONTROLLERS = ["cpuset", "memory"] as const;

/**
 * Makes the group for L0 on real hardware. Nothing else on the host is touched: where the host does not
 * delegate the controllers, there is no group.
 */
export async function makeLevelGroup(confines: Confines, group = LEVEL_GROUP): Promise<LevelGroup> {
  const above = dirname(group);
  const given = await readFile(`${above}/cgroup.subtree_control`, "utf8").catch(() => undefined);
  if (given === undefined) return { kind: "none", why: `this host has no cgroup v2 at ${above}` };
  const missing = CONTROLLERS.filter((name) => !given.trim().split(" ").includes(name));
  if (missing.length > 0) {
    return {
      kind: "none",
      why: `${missing.join(" and ")} not in ${above}/cgroup.subtree_control, which is the host's to change`,
    };
  }
  try {
    await mkdir(`${group}/rest`, { recursive: true });
    await writeFile(`${group}/cgroup.subtree_control`, CONTROLLERS.map((name) => `+${name}`).join(" "));
    await writeFile(`${group}/cpuset.cpus`, confines.cpus.join(","));
    await writeFile(`${group}/cpuset.mems`, confines.memoryNodes.join(","));
    await writeFile(`${group}/memory.max`, String(confines.memoryBytes));
    if (await exists(`${group}/memory.swap.max`)) await writeFile(`${group}/memory.swap.max`, "0");
  } catch (error) {
    await removeLevelGroup(group);
    return { kind: "none", why: error instanceof Error ? error.message : String(error) };
  }
  const enter = ["sh", "-c", `echo 0 >${group}/rest/cgroup.procs && exec "$@"`, "enter"];
  return { kind: "made", enter };
}

/** Ends what is left in the group and removes it; silent where there is none. */
export async function removeLevelGroup(group = LEVEL_GROUP): Promise<void> {
  if (!(await exists(`${group}/cgroup.procs`))) return;
  // Whatever is in there was started by dvirt. A kernel before 5.14 cannot; there the processes end with dvirt.
  await writeFile(`${group}/cgroup.kill`, "1").catch(() => {});
  for (const folder of [`${group}/measured`, `${group}/rest`, group]) {
    for (let tries = 0; tries < REMOVAL_TRIES && (await exists(folder)); tries++) {
      // Busy for as long as the last process is still ending.
      await rmdir(folder).catch(() => new Promise((resolve) => setTimeout(resolve, 50)));
    }
  }
}

const REMOVAL_TRIES = 100;
