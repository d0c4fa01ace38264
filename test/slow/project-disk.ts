import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { readText } from "../../src/adapters/files.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { parseStudy } from "../../src/core/study.ts";
import { ensureImage, type GuestImage } from "../../src/images/build.ts";
import { ensureDataSet } from "../../src/images/data-set.ts";
import { guestRecipe } from "../../src/images/recipe.ts";
import { workloads } from "../../src/workloads/index.ts";

/** What runs dvirt on a machine where the disk is mounted at /mnt/extra. */
export const DVIRT_INSIDE =
  "cd /mnt/extra/project && XDG_CACHE_HOME=/mnt/extra/cache HOME=/mnt/extra /mnt/extra/node dist/main.js";

/**
 * A disk with Node, the built program, the quick study's data set and the image's small files, for machines whose
 * /dev/vda is the image itself.
 */
export async function projectDisk(
  work: string,
  signal: AbortSignal,
): Promise<{ readonly image: GuestImage; readonly path: string }> {
  const recipe = await guestRecipe();
  const image = await ensureImage(recipe, cacheFolder(process.env), localMachine(), console.error, signal);
  if (!image.ok) throw new Error(JSON.stringify(image.problems));
  const disk = join(work, "disk");
  mkdirSync(join(disk, "project", "src", "images"), { recursive: true });
  cpSync(realpathSync(process.execPath), join(disk, "node"));
  execFileSync("npx", ["tsc", "-p", "."]);
  for (const name of ["dist", "studies", "package.json", "src/images/guest"])
    cpSync(name, join(disk, "project", name), { recursive: true });
  for (const name of execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .slice(1)) {
    const relative = name.slice(name.indexOf("node_modules"));
    cpSync(name, join(disk, "project", relative), { recursive: true });
  }
  const cached = join(disk, "cache", "dvirt", "images", recipe.hash);
  mkdirSync(cached, { recursive: true });
  for (const name of readdirSync(image.value.folder).filter((one) => one !== basename(image.value.rootDisk)))
    cpSync(join(image.value.folder, name), join(cached, name));
  const oltp = (await quickStudy()).workloads.find((one) => one.name === "oltp");
  if (oltp === undefined) throw new Error("the quick study has no oltp");
  const dataSet = await ensureDataSet(oltp, image.value, cacheFolder(process.env), console.error, signal);
  if (!dataSet.ok) throw new Error(JSON.stringify(dataSet.problems));
  cpSync(dataSet.value, join(disk, "cache", "dvirt", "data-sets", basename(dataSet.value)));
  symlinkSync("/dev/vda", join(cached, "root.img"));
  const path = join(work, "disk.img");
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", disk, path, "1500M"], {
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
  });
  rmSync(disk, { recursive: true });
  return { image: image.value, path };
}

async function quickStudy() {
  const parsed = parseStudy(await readText("studies/quick.yaml"), "studies/quick.yaml", {
    workloads,
    platforms: ["x86_64-kvm"],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}
