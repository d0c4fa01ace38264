import type { Comparison } from "../../analysis/analysis.ts";

type Series = Pick<Comparison, "platform" | "resources">;

/** CPUs that a series uses at a level; undefined where that is not known. */
export type CpusAt = (series: Series, level: number) => number | undefined;

/** ` with 4, 3, 2 CPUs`: levels of unlike size mix the cost of a layer with the loss of processors. */
export function cpuText(
  members: readonly Pick<Comparison, keyof Series | "level" | "to">[],
  cpusAt: CpusAt,
): string {
  const [first] = members;
  const levels = [...new Set(members.flatMap(({ level, to }) => [to, level]))].sort((a, b) => a - b);
  const cpus = levels.flatMap((level) => (first === undefined ? [] : (cpusAt(first, level) ?? [])));
  return new Set(cpus).size > 1 ? ` with ${cpus.join(", ")} CPUs` : "";
}
