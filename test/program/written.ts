import type { Place } from "../lab/place.ts";

/** What a command says that it wrote: the folder, and each file or each folder in it with the number of its files. */
export function toldWritten(stderr: string): { readonly folder: string; readonly names: readonly string[] } {
  const [, folder = "", names = ""] = /^written to (\S+): (.+)$/m.exec(stderr) ?? [];
  return { folder, names: names.split(", ").sort() };
}

/** The files in a folder of a place, as paths relative to that folder. */
export async function filesIn(place: Place, folder: string): Promise<readonly string[]> {
  const prefix = `${folder}/`;
  return (await place.files()).flatMap((name) =>
    name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );
}

/** Names of files as a command tells them: `figures/ (12 files)` for those in a folder. */
export function asTold(names: readonly string[]): readonly string[] {
  const folders = names.flatMap((name) => (name.includes("/") ? [name.split("/")[0]] : []));
  return [
    ...names.filter((name) => !name.includes("/")),
    ...[...new Set(folders)].map(
      (one) => `${one}/ (${folders.filter((other) => other === one).length} files)`,
    ),
  ].sort();
}
