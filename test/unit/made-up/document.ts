import type { Section, Table } from "../../../src/core/document/document.ts";
import type { Report, TrialRow } from "../../../src/core/report/parts/report.ts";
import { planBoots, type Trial } from "../../../src/core/trial/plan.ts";
import { analyse } from "./analysed.ts";
import { curves, MADE_UP_LABEL, measuredBars, publishedBars, ratios, stacks, timeline } from "./figures.ts";
import { madeUpStudy } from "./study.ts";
import { figures as columnOfFigures, table, words } from "./table.ts";

const FAILED = "b2-down-L2-threads-1";
/** Of the throughput at L0, by level. */
const KEPT = [1, 0.8, 0.64];

export function madeUpTrials(): readonly TrialRow[] {
  return planBoots(madeUpStudy(), 7).flatMap((boot) => boot.trials.map(trialRow));
}

/** A report with every kind of block and figure in it, whose words and figures an output's test can rely on. */
export function madeUpDocument(different: Partial<Report> = {}): Report {
  const study = madeUpStudy();
  const trials = madeUpTrials();
  const analysis = analyse(
    trials.flatMap(({ trial, reading }) => (reading === undefined ? [] : [{ trial, reading }])),
    [],
    {
      platform: "x86_64-kvm",
      resources: "reserved",
      workloads: ["cpu", "threads"],
      levels: study.levels,
      margin: 0.02,
    },
  );
  return {
    subject: {
      kind: "reference",
      id: "made-up-2014",
      citation: "A. Author, “What each layer costs”, 2014",
    },
    title: "What each layer costs, in a few minutes",
    hardware: "emulated",
    timing: "wall",
    label: MADE_UP_LABEL,
    answers: [{ workload: "cpu", sentence: "cpu: L1 costs nothing that could be shown", figure: ratios() }],
    sections: SECTIONS,
    analysis,
    trials,
    notes: ["1 trial failed and is in no figure; its raw text is kept"],
    ...different,
  };
}

/** Table 5 of the 2014 study as far as it goes, with a doubt in one cell. */
export function groupedTable(): Table {
  const group = (name: string, first: string) =>
    [first, "ΔL(n-1)", "StdErr", "StdErr %"].map((title) => columnOfFigures(title, name));
  return table(
    "cpu-results",
    "SysBench CPU test results, resources over-committed",
    [
      words("Platform"),
      words("D_virt"),
      ...group("Transactional throughput", "TPSec"),
      ...group("Mean response time", "Time (ms)"),
    ],
    [
      ["S390x", "L0", "1068.5", "--", "2.40", "0.225%", "3.7300", "--", "0.00683", "0.183%"],
      ["S390x", "L1", "1041.3", "-2.54%", "18.60", "1.77%", "3.8450", "+3.08%", "0.0707", "1.84%"],
      [
        "S390x",
        "L2",
        { text: "1046.8", doubt: "far from the others, and kept: boot 3 (tukey)" },
        "+0.528%",
        "16.40",
        "1.57%",
        "3.8200",
        { text: "-0.650%", doubt: "the inputs' rounding alone could turn its sign" },
        "0.0603",
        "1.58%",
      ],
      ["x86_64", "L0", "1251.9", "--", "1.37", "0.109%", "3.1933", "--", "0.00333", "0.104%"],
    ],
    ["p is not the probability that two levels are equal."],
  );
}

const FLAGS =
  "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ss syscall nx mmxext pdpe1gb rdtscp lm nopl cpuid pni pclmulqdq monitor ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm svm cr8_legacy abm sse4a 3dnowprefetch";

const SECTIONS: readonly Section[] = [
  {
    id: "answers",
    title: "Answers",
    blocks: [
      {
        kind: "items",
        items: [
          "cpu: L1 costs 0.5% of L0's throughput (ratio 0.995 [0.985, 1.00]): equivalent; L2 costs 13.4% (ratio 0.866 [0.835, 0.898]): slower",
          "threads: L1 costs 37.0% of L0's throughput (ratio 0.630 [0.550, 0.720]): slower; L2 gains 16.0% on L1 (ratio 1.16 [1.06, 1.27]): faster",
        ],
      },
      { kind: "figure", figure: ratios() },
    ],
  },
  {
    id: "results",
    title: "Results",
    blocks: [
      {
        kind: "paragraph",
        text: "StdErr is the standard error over boots, ΔL(n-1) the change from the level below; ± one standard error in the pictures.",
      },
      { kind: "table", table: groupedTable() },
      { kind: "figure", figure: publishedBars() },
      { kind: "figure", figure: measuredBars() },
      { kind: "figure", figure: curves() },
    ],
  },
  {
    id: "machines",
    title: "Machines",
    blocks: [
      { kind: "figure", figure: stacks() },
      {
        kind: "table",
        table: table(
          "levels",
          "Hardware and software of each level, as its machine reported it",
          [words(""), words("L0 (qemu-tcg)"), words("L1 (qemu-kvm)")],
          [
            ["processor", "QEMU TCG CPU version 2.5+", "QEMU TCG CPU version 2.5+"],
            ["processor flags", FLAGS, FLAGS],
            ["memory", "2.2 GiB", "1.5 GiB"],
          ],
        ),
      },
    ],
  },
  {
    id: "evidence",
    title: "Evidence",
    blocks: [{ kind: "figure", figure: timeline() }],
  },
  {
    id: "again",
    title: "To run it again",
    blocks: [
      { kind: "paragraph", text: "The study below in a file, and: dvirt run FILE --seed 7" },
      {
        kind: "listing",
        title: "study.yaml",
        text: "title: What each layer costs\nlevels: 2\n\nworkloads:\n  - name: cpu # 100%\n",
      },
    ],
  },
];

function trialRow(trial: Trial): TrialRow {
  const throughput =
    (trial.workload === "cpu" ? 5000 : 2000) * (KEPT[trial.level] ?? 0) * (1 + trial.boot / 100);
  const failed = trial.id === FAILED;
  return {
    trial,
    attempt: 1,
    bringUp: trial.boot,
    startedAt: "2026-01-02T03:04:05.000Z",
    seconds: 12.5,
    reading: failed ? undefined : { metrics: { throughput, response: 1 / throughput }, more: {} },
    kvm: [],
    problem: failed
      ? { code: "workload-failed", at: trial.id, what: "sysbench threads: exit code 1" }
      : undefined,
    doubts: [],
  };
}
