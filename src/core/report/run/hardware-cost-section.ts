import { optional } from "../../base/optional.ts";
import { significant } from "../../base/units.ts";
import {
  type ColumnOf,
  figures,
  items,
  paragraph,
  type Section,
  section,
  type Table,
  table,
  words,
} from "../../document/document.ts";
import type { CurveFigure, CurvePanel } from "../../document/figure.ts";
import { percent } from "../../document/figure-text.ts";
import { LEVEL, WORKLOAD, workloadAtLevel } from "../parts/columns.ts";
import { ASSUMED_NANOSECONDS, type HardwareCost, nanosecondsFor, ratioAt } from "./hardware-cost.ts";
import type { PublishedCost } from "./probe-report.ts";

const FORMULA =
  "A calculation, not a measurement. A transaction takes the time that the machine's clock counted, plus its world switches times an assumed cost of each. The figures say how a level's throughput then differs from a lower level's.";

const ASSUMPTIONS =
  "It assumes that one instruction takes one nanosecond, that there are no caches and no TLB, and that every world switch (an exit to L0 and the entry that follows) takes its instructions and the assumed cost, and nothing else. It adds every switch to the time, also those made while a workload waits for a disk, and those of the workload's start and end; so it says too much rather than too little. L0 makes no world switches.";

/** What a world switch of the hardware would add; undefined where the run has no counted time of QEMU. */
export function hardwareCostSection(
  costs: readonly HardwareCost[],
  published: readonly PublishedCost[],
  label: string | undefined,
): Section | undefined {
  if (costs.length === 0) return undefined;
  return section("hardware-cost", "What it would cost on hardware: a calculation", [
    paragraph(FORMULA),
    paragraph(ASSUMPTIONS),
    items(costs.filter(({ to }) => to === 0).map(sentenceOf)),
    curveFigure(costs, label),
    costTable(costs),
    studyTable(costs),
    exitTable(published.filter(({ event }) => event === "exit")),
  ]);
}

function sentenceOf(cost: HardwareCost): string {
  const { workload, level, to, own, published } = cost;
  const [, ...more] = ASSUMED_NANOSECONDS;
  const shown = more.filter((nanoseconds) => nanoseconds >= 500);
  const becomes = shown.map((one) => `${changeText(ratioAt(cost, one))} at ${one} ns`).join(", ");
  const measured =
    published === undefined ? "" : `; ${published.study} measured ${changeText(published.ratio)}`;
  return `${workload} at L${level} makes ${significant(own.switches, 3)} world switches per transaction; its throughput against L${to}'s is ${changeText(ratioAt(cost, 0))} as counted, and would be ${becomes} for each switch${measured}`;
}

/** A panel for each workload, a line for each level against L0. */
function curveFigure(costs: readonly HardwareCost[], label: string | undefined): CurveFigure {
  const own = costs.filter(({ to }) => to === 0);
  const panels = [...new Set(own.map(({ workload }) => workload))].map((workload): CurvePanel => {
    const curves = own.filter((one) => one.workload === workload).map(curveOf);
    return { title: workload, curves };
  });
  return {
    kind: "curves",
    id: "hardware-cost",
    title: "What each level would cost on hardware, calculated for assumed costs of a world switch",
    alt: `${own.map(sentenceOf).join(". ")}.`,
    ...optional({ label }),
    across: "assumed cost of a world switch, ns",
    up: "throughput against L0, %",
    panels,
  };
}

function curveOf(cost: HardwareCost): CurvePanel["curves"][number] {
  const { level, published } = cost;
  const change = (ratio: number) => (ratio - 1) * 100;
  return {
    name: `L${level}`,
    points: ASSUMED_NANOSECONDS.map((across) => ({ across, up: change(ratioAt(cost, across)) })),
    ...(published === undefined ? {} : { measured: { by: published.study, up: change(published.ratio) } }),
    of: workloadAtLevel(cost),
  };
}

function costTable(costs: readonly HardwareCost[]): Table {
  return table(costs, {
    id: "hardware-costs",
    title: "Throughput against a lower level, calculated for an assumed cost of each world switch",
    columns: [
      WORKLOAD,
      LEVEL,
      AGAINST,
      figures("switches", ({ own }) => significant(own.switches, 3), { group: "per transaction" }),
      figures("counted ns", ({ own }) => significant(own.seconds * 1e9, 4), { group: "per transaction" }),
      ...ASSUMED_NANOSECONDS.map((nanoseconds) =>
        figures<HardwareCost>(`${nanoseconds} ns`, (one) => changeText(ratioAt(one, nanoseconds)), {
          group: "change for a switch of",
        }),
      ),
    ],
    of: workloadAtLevel,
    terminal: "show",
    footnotes: [
      "0 ns: as counted. Switches: exits that KVM at L0 counted, of all guests between it and the measured level.",
    ],
  });
}

/** Level by level, as the study's own tables go. */
function studyTable(costs: readonly HardwareCost[]): Table | undefined {
  const beside = costs.flatMap(({ published, ...cost }) =>
    published === undefined || cost.to !== cost.level - 1 ? [] : [{ ...cost, published }],
  );
  if (beside.length === 0) return undefined;
  return table(beside, {
    id: "hardware-cost-and-study",
    title: "ΔL(n-1) of throughput, calculated and as a study measured it on real hardware",
    columns: [
      WORKLOAD,
      LEVEL,
      words("study", ({ published }) => `${published.study}, table ${published.table}`),
      figures("measured", ({ published }) => changeText(published.ratio)),
      ...ASSUMED_NANOSECONDS.flatMap(besideColumns),
      figures("equal at", equalAt),
    ],
    of: workloadAtLevel,
    terminal: "show",
    footnotes: [
      "points: what is calculated less what the study measured, in percentage points. equal at: the cost of a world switch at which the two are the same; -- where no cost makes them so.",
      "The study's tables are those in which the guests had as many CPUs as L0. Its processor, its kernels and its amounts of work differ from those here.",
    ],
  });
}

type Beside = HardwareCost & Required<Pick<HardwareCost, "published">>;

function besideColumns(nanoseconds: number): readonly ColumnOf<Beside>[] {
  const group = { group: `for a switch of ${nanoseconds} ns` };
  return [
    figures(`${nanoseconds} ns`, (one) => changeText(ratioAt(one, nanoseconds)), group),
    figures("points", (one) => pointsText(ratioAt(one, nanoseconds) - one.published.ratio), group),
  ];
}

function equalAt(one: Beside): string | undefined {
  const nanoseconds = nanosecondsFor(one, one.published.ratio);
  return nanoseconds === undefined ? undefined : `${significant(nanoseconds, 3)} ns`;
}

function exitTable(published: readonly PublishedCost[]): Table | undefined {
  if (published.length === 0) return undefined;
  return table(published, {
    id: "published-exits",
    title: "What publications state of exits on real hardware",
    columns: [
      words("publication", ({ study }) => study),
      words("what", ({ what }) => what),
      LEVEL_OF_FIGURE,
      figures("cost", ({ value }) => value),
      words("unit", ({ unit }) => unit),
      words("hardware", ({ hardware }) => hardware),
      words("where", ({ source }) => source),
      words("standing", ({ standing }) => standing),
    ],
    footnotes: [
      "At 3 GHz 1,500 cycles are 500 ns. What is published includes the hypervisor's instructions, which are counted here already; the assumed cost is only what comes on top of them. One hypercall or CPUID at L1 is one world switch; at L2 and below it becomes many, and each of them is counted here.",
      "secondary: not read in the publication itself, but as another text reports it",
    ],
  });
}

const AGAINST = words<HardwareCost>("against", ({ to }) => `L${to}`);

const LEVEL_OF_FIGURE = words<PublishedCost>("D_virt", ({ level }) =>
  level === undefined ? undefined : `L${level}`,
);

function changeText(ratio: number): string {
  return percent(ratio - 1, "signed");
}

/** `+0.05`: percentage points, to a hundredth. */
function pointsText(difference: number): string {
  const points = (difference * 100).toFixed(2);
  return Number(points) > 0 ? `+${points}` : points;
}
