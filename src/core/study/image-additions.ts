import { z } from "zod";

/** What a study wants in the one image of all its levels, beside what every image has. */
export interface ImageAdditions {
  /** Debian packages. */
  readonly packages: readonly string[];
  /** A file of this host for each path in the guest. */
  readonly files: Readonly<Record<string, string>>;
  /** A script for the shell, run in the image's tree as root when all packages and files are there. */
  readonly setup?: string;
}

interface WithAdditions {
  readonly image?: ImageAdditions;
  readonly workloads: readonly { readonly kind: { readonly packages: readonly string[] } }[];
}

/** What a study adds to the usual image, and what its workloads do; undefined where that is nothing. */
export function imageAdditions({ image, workloads }: WithAdditions): ImageAdditions | undefined {
  const packages = workloads.flatMap(({ kind }) => kind.packages);
  if (packages.length === 0) return image;
  return { files: {}, ...image, packages: [...new Set([...packages, ...(image?.packages ?? [])])] };
}

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.+-]+$/, "is no name of a Debian package; write it like fio or libfoo-dev");

/** Where files of a study may lie, so that none takes the place of what machines boot from. */
const guestPath = z
  .string()
  .regex(
    /^\/(opt|srv|usr\/local|var\/lib|root|home)(\/(?!\.\.?(\/|$))[^/\0\n]+)+$/,
    "is no place for a file in the guest: a full path below /opt, /srv, /usr/local, /var/lib, /root or /home",
  );

export const imageAdditionsSchema = z
  .strictObject({
    packages: z.array(packageName).default([]),
    files: z.record(guestPath, z.string().min(1)).default({}),
    setup: z.string().min(1).exactOptional(),
  })
  .readonly();
