import { significant } from "./units.ts";

interface MetricShape {
  /** Over a column or an axis. */
  readonly title: string;
  /** Within a sentence. */
  readonly name: string;
  /** Over a narrow column. */
  readonly heading: string;
  /** In which people see it: the value times `factor`. */
  readonly unit: string;
  /** What stands behind a single figure. */
  readonly sign: string;
  readonly factor: number;
  /** The unit of the value itself, as names of exported columns have it. */
  readonly base: string;
  readonly better: "higher" | "lower";
}

/** What a workload can measure, by id. Values are in base units everywhere but on pages. */
export const METRICS = {
  throughput: {
    title: "Transactional throughput",
    name: "throughput",
    heading: "TPSec",
    unit: "transactions/s",
    sign: "/s",
    factor: 1,
    base: "per_s",
    better: "higher",
  },
  response: {
    title: "Mean response time",
    name: "mean response time",
    heading: "Time (ms)",
    unit: "ms",
    sign: " ms",
    factor: 1000,
    base: "s",
    better: "lower",
  },
} as const satisfies Readonly<Record<string, MetricShape>>;

export type Metric = keyof typeof METRICS;

/** In the order of reports. */
export const METRIC_IDS: readonly Metric[] = Object.keys(METRICS).filter(isMetric);

export function isMetric(id: string): id is Metric {
  return Object.hasOwn(METRICS, id);
}

/** What every workload measures, and what a study's answers, its stopping and its effects rest on. */
export const HEADLINE = "throughput";

/** Something for the headline and for each other metric that a workload has. */
export type PerMetric<Value> = Readonly<Record<typeof HEADLINE, Value> & Partial<Record<Metric, Value>>>;

export function perMetric<Value>(
  headline: Value,
  other: (metric: Metric) => Value | undefined,
): PerMetric<Value> {
  const found: Record<typeof HEADLINE, Value> & Partial<Record<Metric, Value>> = { [HEADLINE]: headline };
  for (const metric of METRIC_IDS) {
    const value = metric === HEADLINE ? headline : other(metric);
    if (value !== undefined) found[metric] = value;
  }
  return found;
}

/** A value as people see it, with its unit: `12.35 ms`. */
export function metricText(metric: Metric, value: number, digits: number): string {
  return `${significant(value * METRICS[metric].factor, digits)}${METRICS[metric].sign}`;
}

/** Each metric that is there, with its value, in the order of reports. */
export function metricsOf<Value>(values: PerMetric<Value>): readonly (readonly [Metric, Value])[] {
  return METRIC_IDS.flatMap((metric) => {
    const value = values[metric];
    return value === undefined ? [] : [[metric, value] as const];
  });
}
