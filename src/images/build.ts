import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  copy,
  ensureFolder,
  exists,
  makeExecutable,
  move,
  openForReading,
  readText,
  remove,
  sha256OfFile,
  shareLikeTmp,
  temporaryFolder,
  textIfAny,
  writeFileIn,
} from "../adapters/files.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { quoted, shellQuote } from "../adapters/shell.ts";
import { endText, lastLines, succeeded } from "../core/base/command.ts";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";
import { compileProbes } from "./probes.ts";
import type { Recipe } from "./recipe.ts";
import { freeDiskProblem } from "./space.ts";

/** A built image in the cache. */
export interface GuestImage {
  readonly folder: string;
  readonly rootDisk: string;
  readonly kernel: string;
  /** The kernel in the form that a boot loader wants. */
  readonly bootKernel: string;
  readonly initrd: string;
  readonly manifest: ImageManifest;
}

export interface ImageManifest {
  readonly recipe: string;
  /** Recipe and package versions, hashed: what every level reads back from its own disk. */
  readonly imageId: string;
  readonly rootDiskSha256: string;
  /** `name version`, a line per package. */
  readonly packages: readonly string[];
}

const FILES = ["root.img", "vmlinux", "vmlinuz", "initrd", "packages", "image-id"] as const;
/** The beginning of a work folder's name where it is not in the cache. */
export const BUILDING_ELSEWHERE = "dvirt-building-";

/** The largest root disk, for images to which a study adds something. */
const MOST_MEBIBYTES = 8192;

/** Disk space that building takes for a while: the tree, the disk made from it, and a copy. */
export const BUILD_BYTES = 3.5 * 2 ** 30;

/** Where images and data sets are kept, and who is told what takes long. */
export interface Making {
  readonly cache: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The image of this recipe: from the cache, or built there. */
export async function ensureImage(recipe: Recipe, making: Making): Promise<Result<GuestImage>> {
  const { cache, say } = making;
  const folder = join(cache, "images", recipe.hash);
  const cached = await readImage(folder);
  if (cached !== undefined) return ok(cached);
  await ensureFolder(join(cache, "images"));
  if (recipe.packages.state === "unpacked" && recipe.scripts["setup"] !== undefined) {
    return failed({
      code: "image-failed",
      at: `image of ${recipe.architecture}`,
      what: "image.setup runs in the image's tree, whose programs this host cannot run",
      hint: "leave it out, and add files and packages instead",
    });
  }
  const full = await freeDiskProblem(cache, BUILD_BYTES, "building the guest image");
  if (full !== undefined) return failed(full);

  say(
    `building the guest image (Debian ${recipe.suite} ${recipe.debian}, ${recipe.packages.names.length} packages and what they need): once, about two minutes`,
  );
  // Without root, mmdebstrap's users have no way into a home folder, so the work is done where all may go.
  const rooted = process.getuid?.() === 0;
  const work = await temporaryFolder(
    rooted ? join(cache, "images", "building-") : join(tmpdir(), BUILDING_ELSEWHERE),
  );
  try {
    const problem = await buildIn(work, recipe, making.signal);
    if (problem !== undefined) return failed(problem);
    await move(await finishedFolder(work, recipe, cache), folder);
  } finally {
    await remove(work);
  }
  const built = await readImage(folder);
  if (built === undefined) throw new Error(`the image in ${folder} was built and cannot be read`);
  const { imageId, packages } = built.manifest;
  const versions = [recipe.kernel, "sysbench", "mariadb-server", recipe.hypervisor]
    .map((name) => packages.find((line) => line.startsWith(`${name} `)))
    .filter((line) => line !== undefined);
  say(
    `image ${imageId}: ${versions.join(", ")}, ${packages.length} packages in all (${join(folder, "packages")})`,
  );
  return ok(built);
}

/** Builds the tree and its disk in a work folder; its results are in `out` there. */
async function buildIn(work: string, recipe: Recipe, signal: AbortSignal): Promise<Problem | undefined> {
  // What is executed lies where nobody else can write. Without root mmdebstrap's hooks run as another user, who gets places
  // such as /tmp is: what somebody made there only they can remove.
  if (process.getuid?.() !== 0) {
    await openForReading(work);
    for (const name of ["out", "tree"]) await shareLikeTmp(await ensureFolder(join(work, name)));
  }
  for (const name of ["out", "tree", "view"]) await ensureFolder(join(work, name));
  for (const [name, text] of Object.entries(recipe.scripts)) await writeFileIn(work, name, text);
  for (const [at, { from }] of recipe.files.entries()) await copy(from, join(work, `file-${at}`));
  await makeExecutable(await writeFileIn(work, "hook", hookScript(work, recipe)));
  const argv = [
    "env",
    `TMPDIR=${join(work, "tree")}`, // so that its tree is found and removed with the rest if it is killed
    "mmdebstrap",
    "--mode=auto",
    ...variantFlags(recipe, join(work, "hook")),
    "--format=null",
    `--architectures=${recipe.debian}`,
    `--include=${recipe.packages.names.join(",")}`,
    recipe.suite,
    "-",
  ];
  const made = await localMachine().run({ argv, timeoutSeconds: 1800 }, signal);
  signal.throwIfAborted();
  if (succeeded(made)) return undefined;
  const unknown = [
    ...made.stderr.matchAll(
      /Unable to locate package (\S+)|Package '?([^'\s]+)'? has no installation candidate/g,
    ),
  ];
  if (unknown.length > 0) {
    const names = [...new Set(unknown.map(([, one, other]) => one ?? other))].join(", ");
    return {
      code: "no-package",
      at: `image ${recipe.hash}`,
      what: `Debian ${recipe.suite} (${recipe.debian}) has no package ${names}`,
      hint: "packages.debian.org says in which suite a package is, and what it is called",
    };
  }
  return {
    code: "image-failed",
    at: `image ${recipe.hash}`,
    what: `mmdebstrap did not build the guest image: ${endText(made.end)}`,
    hint: "the end of its messages is below; a Debian mirror must be reachable (apt-get update)",
    evidence: lastLines(made.stderr, 12),
  };
}

/** A folder of the cache with all of the image's files, the manifest last. */
async function finishedFolder(work: string, recipe: Recipe, cache: string): Promise<string> {
  const finished = await ensureFolder(join(cache, "images", `building-${recipe.hash}`));
  for (const name of FILES) {
    await copy(join(work, "out", name), join(finished, name));
    await remove(join(work, "out", name));
  }
  const manifest: ImageManifest = {
    recipe: recipe.hash,
    imageId: (await readText(join(finished, "image-id"))).trim(),
    rootDiskSha256: await sha256OfFile(join(finished, "root.img")),
    packages: (await readText(join(finished, "packages"))).trim().split("\n"),
  };
  await writeFileIn(finished, "manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return finished;
}

/** The image of this recipe where it is in the cache, so that nothing needs to be built. */
export function cachedImage(recipe: Recipe, cache: string): Promise<GuestImage | undefined> {
  return readImage(join(cache, "images", recipe.hash));
}

async function readImage(folder: string): Promise<GuestImage | undefined> {
  const text = await textIfAny(join(folder, "manifest.json"));
  const present = await Promise.all(FILES.map((name) => exists(join(folder, name))));
  if (text === undefined || present.includes(false)) return undefined; // absent or cut short: built anew
  return {
    folder,
    rootDisk: join(folder, "root.img"),
    kernel: join(folder, "vmlinux"),
    bootKernel: join(folder, "vmlinuz"),
    initrd: join(folder, "initrd"),
    manifest: JSON.parse(text),
  };
}

/** Whether packages are installed, and what runs when the tree is there. */
function variantFlags({ packages }: Recipe, hook: string): readonly string[] {
  if (packages.state === "installed") return ["--variant=apt", `--customize-hook=${hook}`];
  // Debian's folders in / are links into /usr: installing sees to that, and unpacking does not.
  const links = "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr";
  return ["--variant=extract", links, `--extract-hook=${hook}`];
}

/** Runs with the finished tree as $1, outside of it: moves the scripts in, and the disk and kernel out. */
function hookScript(work: string, recipe: Recipe): string {
  const told = shellQuote([
    recipe.hash,
    recipe.architecture,
    recipe.kernelForm,
    recipe.modules.join(" "),
    recipe.ideModules.join(" "),
  ]);
  const prepare =
    recipe.packages.state === "installed"
      ? `chroot "$root" sh /usr/lib/dvirt/prepare ${told}`
      : `sh "$work/prepare" ${told} "$root"`;
  const names = Object.keys(recipe.scripts).join(" ");
  const files = recipe.files.map(
    ({ to }, at) => `install -D -p ${shellQuote([`${work}/file-${at}`])} "$root"${shellQuote([to])}`,
  );
  return `#!/bin/sh
set -eu
root=$1 work=${quoted(work)}
mkdir -p "$root/usr/lib/dvirt"
for name in ${names}; do cp "$work/$name" "$root/usr/lib/dvirt/$name"; done
${compileProbes(recipe.compiler, '"$work/probe.c"', '"$root/usr/lib/dvirt/probe"')}
for name in ${recipe.libraries.join(" ")}; do
  ${recipe.compiler} -O2 -shared -fPIC -nostdlib -o "$root/usr/lib/dvirt/$name.so" "$work/$name.c"
  rm "$root/usr/lib/dvirt/$name.c"
done
${files.join("\n")}
${recipe.scripts["setup"] === undefined ? "" : 'chroot "$root" sh /usr/lib/dvirt/setup'}
${prepare}
for name in vmlinux initrd packages image-id; do cp "$root/usr/lib/dvirt/$name" "$work/out/$name"; done
mv "$root/usr/lib/dvirt/vmlinuz" "$work/out/vmlinuz"
PATH="$PATH:/usr/sbin:/sbin"
# As large as what is in it, where that is more than usual.
disk=$(($(du -smx "$root" | cut -f1) * 6 / 5 + 100))
[ "$disk" -gt ${recipe.rootDiskMebibytes} ] || disk=${recipe.rootDiskMebibytes}
[ "$disk" -le ${MOST_MEBIBYTES} ] || { echo "dvirt: the image would take $disk MiB, more than ${MOST_MEBIBYTES}" >&2; exit 1; }
# A view of the tree without the /proc and /sys that are mounted in it now; the mount goes with the shell.
unshare --mount --propagation private sh -c 'mount --bind "$1" "$2" && exec mke2fs -q -t ext4 -d "$2" "$3" "$4"' \
  mke2fs "$root" "$work/view" "$work/out/root.img" "\${disk}M"
chmod a+r "$work/out"/*
`;
}
