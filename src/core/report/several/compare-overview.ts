import { optional } from "../../base/optional.ts";
import { percentText } from "../../base/units.ts";
import { changeText, roundPercent } from "../../document/figure-text.ts";
import { toneOf } from "../../stats/verdict.ts";
import { type Overview, type OverviewFrame, overview } from "../parts/overview.ts";
import { ratioOf } from "../parts/report-figures.ts";
import type { Change } from "./changes.ts";

/** Every figure of the others relative to the first's, with how many changed; undefined where none may be divided. */
export function changeOverview(changes: readonly Change[], frame: OverviewFrame): Overview | undefined {
  const others = [...new Set(changes.map(({ of }) => of))];
  const rows = changes.map((one) => ({
    group: one.condition === undefined ? one.workload : `${one.workload}, ${one.condition}`,
    name: others.length > 1 ? `${one.of} L${one.level}` : `L${one.level}`,
    ...ratioOf(one),
    ...optional({ of: one.behind }),
  }));
  const headline = others.map((name) =>
    sentence(
      changes.filter(({ of }) => of === name),
      frame.margin,
    ),
  );
  return overview(headline.join(" "), rows, {
    title: "The others relative to the first",
    axis: changes.every(({ kind }) => kind === "absolute")
      ? "throughput relative to the first's"
      : "share of L0's throughput relative to the first's",
    ...frame,
  });
}

/** `B against A: no change found in 15 of 15 (15 within 2%).` */
function sentence(changes: readonly Change[], margin: number): string {
  const [first] = changes;
  const of = (direction: "slower" | "faster") =>
    changes.filter(({ verdict }) => toneOf(verdict.kind) === direction);
  const moved = [...of("slower"), ...of("faster")];
  const subject = `${first?.of} against ${first?.to}:`;
  if (moved.length === 0) {
    const within = changes.filter(({ verdict }) => verdict.kind === "equivalent").length;
    const open = changes.length - within;
    const widest = Math.max(...changes.map(({ estimate }) => Math.max(estimate.high - 1, 1 - estimate.low)));
    const unseen = Number.isFinite(widest)
      ? `: a change of up to ${roundPercent(widest)} would not be seen`
      : "";
    const rest = open === 0 ? "" : `, ${open} still open${unseen}`;
    return `${subject} no change found in ${changes.length} of ${changes.length} (${within} within ${percentText(margin)}${rest}).`;
  }
  const parts = (["slower", "faster"] as const).flatMap((direction) => {
    const own = [...of(direction)].sort((a, b) => size(b) - size(a));
    const [largest] = own;
    return largest === undefined
      ? []
      : [
          `${direction} in ${own.length} of ${changes.length}, ${largest.workload} at L${largest.level} the most (${changeText(ratioOf(largest))})`,
        ];
  });
  return `${subject} ${parts.join("; ")}.`;
}

function size({ estimate }: Change): number {
  return Math.abs(Math.log(estimate.ratio));
}
