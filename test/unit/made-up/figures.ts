import type {
  Bar,
  BarFigure,
  CurveFigure,
  RatioFigure,
  StackFigure,
  TimelineFigure,
  TimelineSpan,
} from "../../../src/core/document/figure.ts";

export const MADE_UP_LABEL =
  "EMULATED HARDWARE: L0 runs on a computer that QEMU emulates. The costs of entering and leaving guests are the emulator's, not a processor's; do not set them beside figures of real hardware.";

/** Table 5 of the 2014 study: platform, level, throughput and response time (ms) with their standard errors. */
const TABLE_5: readonly (readonly [string, string, number, number, number, number])[] = [
  ["S390x", "L0", 1068.5, 2.4, 3.73, 0.00683],
  ["S390x", "L1", 1041.3, 18.6, 3.845, 0.0707],
  ["S390x", "L2", 1046.8, 16.4, 3.82, 0.0603],
  ["x86_64", "L0", 1251.9, 1.37, 3.1933, 0.00333],
  ["x86_64", "L1", 1238.3, 3.7, 3.2267, 0.0105],
  ["x86_64", "L2", 1199.2, 3.17, 3.33, 0.00816],
];

/** Two platforms, published means without points. */
export function publishedBars(): BarFigure {
  return {
    kind: "bars",
    id: "figure-2",
    title: "SysBench CPU test, resources over-committed",
    alt: "Throughput on S390x falls from 1068.5 at L0 to 1046.8 at L2, on x86_64 from 1251.9 to 1199.2.",
    panels: [
      {
        title: "Transactional throughput",
        unit: "transactions/s",
        better: "higher",
        bars: TABLE_5.map(([platform, level, value, standardError]) =>
          bar(platform, level, value, standardError),
        ),
      },
      {
        title: "Mean response time",
        unit: "ms",
        better: "lower",
        bars: TABLE_5.map(([platform, level, , , value, error]) => bar(platform, level, value, error)),
      },
    ],
  };
}

/** One platform, six boots, emulated. */
export function measuredBars(): BarFigure {
  const boots = [0.97, 1.04, 1.01, 0.98, 1.02, 0.99];
  const of = (level: string, mean: number): Bar => ({
    ...bar("x86_64-kvm", level, mean, mean * 0.011),
    points: boots.map((factor) => mean * factor),
  });
  return {
    kind: "bars",
    id: "threads-bars",
    title: "threads: throughput and mean response time",
    alt: "Throughput 1776 at L0, 1119 at L1, 961 at L2; response time 36.0, 56.3 and 64.0 ms.",
    label: MADE_UP_LABEL,
    panels: [
      {
        title: "Transactional throughput",
        unit: "transactions/s",
        better: "higher",
        bars: [of("L0", 1776), of("L1", 1119), of("L2", 961)],
      },
      {
        title: "Mean response time",
        unit: "ms",
        better: "lower",
        bars: [of("L0", 36.0), of("L1", 56.3), of("L2", 64.0)],
      },
    ],
  };
}

/** Every verdict, an unbounded interval, an absent one, and one that is far too wide. */
export function ratios(): RatioFigure {
  return {
    kind: "ratios",
    id: "throughput-ratios",
    title: "What each level costs in throughput",
    alt: "cpu: L1 at 0.98 of L0, equivalent; L2 at 0.87, slower. threads: L1 at 0.63, slower. oltp: too few boots to say.",
    label: MADE_UP_LABEL,
    axis: "throughput relative to the level named",
    margin: 0.02,
    rows: [
      { group: "cpu", name: "L1 to L0", ratio: 0.995, low: 0.985, high: 1.005, verdict: "equivalent" },
      { group: "cpu", name: "L2 to L1", ratio: 0.87, low: 0.84, high: 0.9, verdict: "slower" },
      { group: "cpu", name: "L2 to L0", ratio: 0.866, low: 0.835, high: 0.898, verdict: "slower" },
      { group: "threads", name: "L1 to L0", ratio: 0.63, low: 0.55, high: 0.72, verdict: "slower" },
      { group: "threads", name: "L2 to L1", ratio: 1.16, low: 1.06, high: 1.27, verdict: "faster" },
      {
        group: "oltp",
        name: "L1 to L0",
        ratio: 0.92,
        low: undefined,
        high: undefined,
        verdict: "inconclusive",
      },
      { group: "oltp", name: "L2 to L1", ratio: 1.02, low: 0.31, high: undefined, verdict: "inconclusive" },
      { group: "oltp", name: "L2 to L0", ratio: 0.8, low: 0.01, high: 40, verdict: "inconclusive" },
    ],
  };
}

/** Five workloads; one has no measurement beside it, one costs nothing, and one a great deal. */
export function curves(): CurveFigure {
  const across = [0, 250, 500, 1000, 2000];
  const curve = (name: string, counted: number, perMicrosecond: number, measured?: number) => ({
    name,
    points: across.map((one) => ({ across: one, up: counted - (perMicrosecond * one) / 1000 })),
    ...(measured === undefined ? {} : { measured: { by: "fitzgerald-2014", up: measured } }),
  });
  const panel = (title: string, ...own: readonly (readonly [number, number, number?])[]) => ({
    title,
    curves: own.map((given, index) => curve(`L${index + 1}`, ...given)),
  });
  return {
    kind: "curves",
    id: "curves",
    title: "What each level would cost on hardware, calculated for assumed costs of a world switch",
    alt: "cpu at L2 loses 3.5% as counted and 5.5% at 1000 ns a switch; the study measured 4.2%.",
    label: MADE_UP_LABEL,
    across: "assumed cost of a world switch, ns",
    up: "throughput against L0, %",
    panels: [
      panel("cpu", [-0.36, 0.1, -1.09], [-3.5, 2, -4.21]),
      panel("threads", [-0.4, 0.1, -26], [-7.6, 2.1, -69.4]),
      panel("memory-write", [-0.3, 0.2, -24.7], [-2.8, 1.9, -36.4]),
      panel("memory-read", [0, 0], [-3, 2]),
      panel("oltp", [-20.6, 8, -11.6], [-44, 17, -28.2]),
    ],
  };
}

export function stacks(): StackFigure {
  const under = [
    { name: "Hardware", detail: "2 CPUs, 2.3 GiB, emulated by QEMU" },
    { name: "Linux 6.1.0", detail: "L0, image f2f8c102, KVM nested" },
  ];
  const work = { name: "sysbench 1.0.20", detail: "cpu, threads, memory, OLTP" };
  const guest = (level: number) => [
    { name: "QEMU 7.2", detail: "microvm, 2 CPUs" },
    { name: "Linux 6.1.0", detail: `L${level}, the same image` },
  ];
  return {
    kind: "stacks",
    id: "figure-1",
    title: "What runs on what",
    alt: "L0: hardware, Linux, sysbench. L1: the same with QEMU and another Linux between. L2: once more.",
    label: MADE_UP_LABEL,
    stacks: [
      { title: "x86_64-kvm, L0", layers: [...under, work] },
      { title: "x86_64-kvm, L1", layers: [...under, ...guest(1), work] },
      { title: "x86_64-kvm, L2", layers: [...under, ...guest(1), ...guest(2), work] },
    ],
  };
}

/** Three boots, up and down the stack, with a trial that failed. */
export function timeline(): TimelineFigure {
  const order = [0, 1, 2, 2, 1, 0];
  const workloads = ["cpu", "threads", "memory-write"];
  const spans = [1, 2, 3].flatMap((boot) => {
    let at = (boot - 1) * 700;
    return order.flatMap((level, step): TimelineSpan[] => {
      at += 25;
      const turned = step < 3 ? workloads : [...workloads].reverse();
      return turned.map((what, index) => {
        const fromSeconds = at;
        at += 14 + 9 * index;
        const failed = boot === 2 && step === 3 && what === "threads";
        return { boot, level, what, fromSeconds, toSeconds: at - 2, failed };
      });
    });
  });
  return {
    kind: "timeline",
    id: "timeline",
    title: "Which trial ran when",
    alt: "Three boots; in each the workloads at L0, L1, L2 and back. One trial failed in boot 2.",
    label: MADE_UP_LABEL,
    spans,
  };
}

function bar(platform: string, level: string, value: number, standardError: number): Bar {
  return { platform, level, value, standardError, points: [] };
}
