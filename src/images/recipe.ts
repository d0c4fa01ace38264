import { createHash } from "node:crypto";
import { readText } from "../adapters/files.ts";

/** Debian packages of the image; the same image is the root disk of every level. */
const PACKAGES = [
  "linux-image-cloud-amd64", // boots much faster than the generic kernel when nested
  "sysbench",
  "mariadb-server",
  "qemu-system-x86",
  "openssh-server",
  "busybox-static",
  "e2fsprogs",
  "kmod",
  "mount",
  "lz4",
  "procps",
] as const;

const SUITE = "bookworm";
const ROOT_DISK_MEBIBYTES = 1100;

export interface Recipe {
  /** Names the image in the cache: changes with anything that shapes it. */
  readonly hash: string;
  readonly suite: string;
  readonly packages: readonly string[];
  readonly rootDiskMebibytes: number;
  /** The scripts that go into the image, by the name they get in /usr/lib/dvirt. */
  readonly scripts: Readonly<Record<string, string>>;
}

const SCRIPTS = {
  "guest-init": "guest-init.sh",
  "initrd-init": "initrd-init.sh",
  prepare: "prepare.sh",
} as const;

/** The recipe of this version of dvirt. */
export async function guestRecipe(): Promise<Recipe> {
  // The scripts are read from the source tree, whether this module runs from there or from dist.
  const folder = new URL("../../src/images/guest/", import.meta.url);
  const scripts: Record<string, string> = {};
  for (const [name, file] of Object.entries(SCRIPTS)) {
    scripts[name] = await readText(new URL(file, folder));
  }
  const content = { suite: SUITE, packages: PACKAGES, rootDiskMebibytes: ROOT_DISK_MEBIBYTES, scripts };
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  return { hash, ...content };
}
