import { createHash } from "node:crypto";
import { readText, sha256OfFile, whyUnreadable } from "../adapters/files.ts";
import type { Architecture } from "../core/base/architecture.ts";
import type { Problem } from "../core/base/problem.ts";
import type { ImageAdditions } from "../core/study/image-additions.ts";
import type { Study } from "../core/study/study.ts";
import { type ImageArchitecture, imageArchitectures, xenImage } from "./architectures.ts";

/** Debian packages of every image, beside its kernel and hypervisor. */
const PACKAGES = [
  "sysbench",
  "mariadb-server",
  "openssh-server",
  "busybox-static",
  "e2fsprogs",
  "kmod",
  "mount",
  "lz4",
  "procps",
] as const;

/** What no package asks for, because every Debian has it: named where packages are unpacked and not installed. */
const ESSENTIAL = [
  "base-files",
  "base-passwd",
  "bash",
  "coreutils",
  "dash",
  "debianutils",
  "diffutils",
  "findutils",
  "grep",
  "gzip",
  "hostname",
  "libc-bin",
  "login",
  "mawk",
  "ncurses-bin",
  "perl-base",
  "sed",
  "sysvinit-utils",
  "tar",
  "util-linux",
] as const;

const SUITE = "bookworm";

export interface Recipe extends Omit<ImageArchitecture, "packages" | "scripts"> {
  /** Names the image in the cache: changes with anything that shapes it. */
  readonly hash: string;
  readonly architecture: Architecture;
  readonly suite: string;
  /**
   * `installed`: the packages' own scripts run in the tree. `unpacked`: they are not run, as the machine that builds
   * need not be able to run them, and `prepare` does the little of it that is needed.
   */
  readonly packages: { readonly state: "installed" | "unpacked"; readonly names: readonly string[] };
  /** The scripts that go into the image, by the name they get in /usr/lib/dvirt. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Files of this host that a study wants in it. */
  readonly files: readonly OwnFile[];
}

export interface OwnFile {
  readonly to: string;
  readonly from: string;
  readonly sha256: string;
}

const SCRIPTS = {
  "guest-init": "guest-init.sh",
  "initrd-init": "initrd-init.sh",
  prepare: "prepare.sh",
  "probe.c": "probes/probe.c",
} as const;

/** `xen`: of x86_64, what boots as a domain 0 of Xen and as its guest too. */
export type ImageKind = "usual" | "xen";

/** What a stack's image is to be. */
export interface ImageWanted {
  readonly kind?: ImageKind;
  readonly additions?: ImageAdditions;
}

/** The files of a study's image that this host does not have. */
export async function absentFiles({ image }: Pick<Study, "image">): Promise<readonly Problem[]> {
  const each = Object.entries(image?.files ?? {}).map(async ([to, from]): Promise<readonly Problem[]> => {
    const why = await whyUnreadable(from);
    if (why === undefined) return [];
    return [
      {
        code: "no-file",
        at: from,
        what: `it is to be ${to} of the image, and ${why}`,
        hint: "a file that can be read, by its path from the folder in which dvirt is called",
      },
    ];
  });
  return (await Promise.all(each)).flat();
}

const NOTHING_ADDED: ImageAdditions = { packages: [], files: {} };

/**
 * The recipe of this version of dvirt; the image is the root disk of every level of its architecture. Throws where a file
 * that a study adds cannot be read.
 */
export async function guestRecipe(
  architecture: Architecture = "x86_64",
  { kind = "usual", additions = NOTHING_ADDED }: ImageWanted = {},
): Promise<Recipe> {
  // The scripts are read from the source tree, whether this module runs from there or from dist.
  const folder = new URL("../../src/images/guest/", import.meta.url);
  const scripts: Record<string, string> = {};
  const { packages, scripts: more, ...own } = kind === "xen" ? xenImage : imageArchitectures[architecture];
  const sources = own.libraries.map((name) => [`${name}.c`, `${name}.c`] as const);
  const added = more.map((name) => [name, `${name}.sh`] as const);
  for (const [name, file] of [...Object.entries(SCRIPTS), ...sources, ...added]) {
    scripts[name] = await readText(new URL(file, folder));
  }
  if (additions.setup !== undefined) scripts["setup"] = additions.setup;
  const named = [...new Set([own.kernel, own.hypervisor, ...PACKAGES, ...packages, ...additions.packages])];
  const files = await Promise.all(
    Object.entries(additions.files).map(async ([to, from]) => ({
      to,
      from,
      sha256: await sha256OfFile(from),
    })),
  );
  const content = {
    architecture,
    ...own,
    suite: SUITE,
    packages:
      architecture === "x86_64"
        ? ({ state: "installed", names: named } as const)
        : ({ state: "unpacked", names: [...ESSENTIAL, ...named] } as const),
    scripts,
  };
  // Where a file lay on this host shapes nothing; an image without any is called what it always was.
  const shaping =
    files.length === 0 ? content : { ...content, files: files.map(({ to, sha256 }) => ({ to, sha256 })) };
  const hash = createHash("sha256").update(JSON.stringify(shaping)).digest("hex").slice(0, 16);
  return { hash, ...content, files };
}
