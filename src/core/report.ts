import type { Analysis, Cell, Quantity } from "./analysis.ts";
import type { MachineFacts } from "./facts.ts";
import type { Trial } from "./plan.ts";
import type { StudyData } from "./study.ts";
import { formatBytes, significant } from "./units.ts";
import type { Reading } from "./workload.ts";

/** Everything an output needs, as data; an output turns it into bytes and adds nothing. */
export interface Report {
  readonly run: string;
  readonly createdAt: string;
  readonly study: StudyData;
  readonly seed: number;
  readonly hardware: "real" | "emulated" | "simulated";
  /** Must stand wherever a figure of this report stands; absent for real hardware. */
  readonly label?: string;
  readonly analysis: Analysis;
  /** One sentence per workload. */
  readonly answers: readonly string[];
  readonly levels: readonly LevelFacts[];
  readonly bringUps: readonly BringUp[];
  readonly trials: readonly TrialRow[];
  readonly planned: number;
  readonly notes: readonly string[];
  readonly record: Readonly<Record<string, string>>;
}

export interface LevelFacts {
  readonly level: number;
  readonly driver: string;
  readonly facts: MachineFacts;
}

export interface BringUp {
  readonly boot: number;
  readonly bringUp: number;
  /** Seconds from each machine's launch to its first command answered; measuring in between is not in it. */
  readonly readySeconds: readonly { readonly level: number; readonly seconds: number }[];
}

export interface TrialRow {
  readonly trial: Trial;
  /** Which attempt at the trial this is; earlier ones lost their machine. */
  readonly attempt: number;
  readonly bringUp: number;
  readonly reading: Reading | undefined;
  readonly problem: string | undefined;
  /** Entries into nested guests that KVM counted at each hosting level during the trial. */
  readonly nestedEntries: readonly { readonly level: number; readonly count: number }[];
}

export const LABELS: Readonly<Record<Report["hardware"], string | undefined>> = {
  real: undefined,
  emulated:
    "EMULATED HARDWARE: L0 runs on a computer that QEMU emulates. The costs of entering and leaving guests are the emulator's, not a processor's; do not set them beside figures of real hardware.",
  simulated:
    "SIMULATED: no machine was measured; the figures were drawn from known truth to try the program.",
};

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The study's table of one workload (its tables 5 to 14): throughput and mean response time by level. */
export function workloadTable(report: Report, workload: string): Table {
  const rows = report.analysis.cells
    .filter((cell) => cell.workload === workload)
    .map((cell) => [
      `L${cell.level}`,
      ...quantityColumns(cell.throughput, 1),
      ...quantityColumns(cell.response, 1000),
      String(cell.throughput.estimate.n),
    ]);
  return {
    title: workload,
    head: [
      "D_virt",
      "TPSec",
      "ΔL(n-1)",
      "StdErr",
      "StdErr %",
      "Time (ms)",
      "ΔL(n-1)",
      "StdErr",
      "StdErr %",
      "boots",
    ],
    rows,
  };
}

function quantityColumns(quantity: Quantity, factor: number): readonly string[] {
  const { mean, standardError } = quantity.estimate;
  return [
    significant(mean * factor, 5),
    percent(quantity.changeFromPreviousLevel, "signed"),
    standardError === undefined ? "--" : significant(standardError * factor, 3),
    standardError === undefined ? "--" : percent(standardError / mean, "plain"),
  ];
}

export function percent(value: number | undefined, form: "signed" | "plain"): string {
  if (value === undefined || !Number.isFinite(value)) return "--";
  const text = `${significant(value * 100, 3)}%`;
  return form === "signed" && value > 0 ? `+${text}` : text;
}

/** `cpu: L1 runs at 0.87 of L0's throughput, L2 at 0.46.` */
export function answer(workload: string, cells: readonly Cell[]): string {
  const parts = cells
    .filter((cell) => cell.workload === workload && cell.level > 0)
    .map(({ level, throughput }) => {
      if (throughput.ratioToL0 === undefined) return `L${level} has no L0 to compare with`;
      const each = throughput.changeFromPreviousLevel;
      const step = level > 1 && each !== undefined ? ` (${percent(each, "signed")} from L${level - 1})` : "";
      return `L${level} ${significant(throughput.ratioToL0, 3)}${step}`;
    });
  return `${workload}: throughput relative to L0: ${parts.join(", ") || "nothing to compare"}`;
}

/** What each level was, as its own machine said. */
export function inventoryTable(report: Report): Table {
  const rows: [string, (facts: MachineFacts) => string][] = [
    ["hypervisor below", (f) => f.hypervisor],
    ["processor", (f) => f.cpuModel],
    ["processor flags", (f) => f.cpuFlags.join(" ")],
    ["CPUs", (f) => String(f.cpus)],
    ["memory", (f) => formatBytes(f.memoryBytes)],
    ["kernel", (f) => f.kernel],
    ["clock source", (f) => f.clockSource],
    ["transparent huge pages", (f) => f.transparentHugePages],
    ["QEMU", (f) => f.qemuVersion],
    [
      "hosts by",
      (f) => (f.kvm === undefined ? "--" : `${f.kvm.module}, nested ${f.kvm.nested ? "on" : "off"}`),
    ],
    ["image", (f) => f.imageId],
  ];
  return {
    title: "Levels",
    head: ["", ...report.levels.map(({ level, driver }) => `L${level} (${driver})`)],
    rows: rows.map(([name, read]) => [name, ...report.levels.map(({ facts }) => read(facts) || "--")]),
  };
}

/** How long each bring-up took to the first command answered, by level and in sum. */
export function timelineTable(report: Report): Table {
  const levels = report.levels.map(({ level }) => level);
  return {
    title: "From launch to a command answered",
    head: ["bring-up", "boot", ...levels.map((level) => `L${level}`), "whole stack"],
    rows: report.bringUps.map((one) => [
      String(one.bringUp),
      String(one.boot),
      ...levels.map((level) => {
        const found = one.readySeconds.find((entry) => entry.level === level);
        return found === undefined ? "--" : `${found.seconds.toFixed(1)} s`;
      }),
      `${one.readySeconds.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s`,
    ]),
  };
}

/** Evidence that the levels are what they are called: nested entries counted while the deepest level worked. */
export function depthTable(report: Report): Table | undefined {
  const rows = report.analysis.cells.flatMap((cell) => {
    const trials = report.trials.filter(
      (row) => cell.trials.includes(row.trial.id) && row.nestedEntries.length > 0,
    );
    const hosts = [...new Set(trials.flatMap((row) => row.nestedEntries.map((entry) => entry.level)))];
    return hosts.map((host) => {
      const counts = trials.flatMap((row) =>
        row.nestedEntries.filter((e) => e.level === host).map((e) => e.count),
      );
      return [
        cell.workload,
        `L${cell.level}`,
        `L${host}`,
        String(Math.min(...counts)),
        String(Math.max(...counts)),
      ];
    });
  });
  if (rows.length === 0) return undefined;
  return {
    title: "Entries into guests of guests, counted by KVM during a trial",
    head: ["workload", "measured", "counted at", "least", "most"],
    rows,
  };
}
