import type { Claim, Measure, Predicate, Reading, Step } from "../../core/published.ts";

const S390X = "S390x";
const X86 = "x86_64";
const BOTH_PLATFORMS = [S390X, X86];
const BOTH_MEASURES: readonly Measure[] = ["throughput", "response"];
const LEVELS = [0, 1, 2];
const GUESTS = [1, 2];
const STEPS: readonly Step[] = [
  [0, 1],
  [1, 2],
];

/** What the text says of tables 5 to 14, in its order, as far as numbers can settle it. */
export const CLAIMS: readonly Claim[] = [
  {
    id: "cpu-x86-faster",
    where: "section 3.1, figures 2 and 3",
    quote:
      "maintained a higher mean transactional throughput rate and a much faster response time than the S390x variant, regardless of the amount of virtualization",
    readings: [plain(outperforms(X86, S390X, ["5", "6"], LEVELS))],
  },
  {
    id: "cpu-x86-degrades",
    where: "section 3.1, figures 2 and 3",
    quote:
      "As the degree of virtualization was increased from L0 to L2, the throughput of the x86_64 application decreased and response time slowed",
    readings: [plain(...degrades(["5"], [X86], STEPS))],
  },
  {
    id: "cpu-s390x-no-significant-variation",
    where: "section 3.1, figures 2 and 3, footnote 4",
    quote:
      "neither the throughput nor the response time reported by the S390x application showed significant variation across configurations",
    readings: [
      plain({
        kind: "not-significant",
        series: { table: "5", platform: S390X },
        steps: [...STEPS, [0, 2]],
        measures: BOTH_MEASURES,
        alpha: "0.05", // footnote 4
      }),
    ],
  },
  {
    id: "cpu-standard-errors-reduced",
    where: "section 3.1, table 6",
    quote: "the standard errors that we had initially observed became greatly reduced",
    readings: [
      plain(smallerErrors("6", "5")),
      { ...plain(smallerErrors("6", "5")), scope: "most", assuming: "most are meant, not each" },
    ],
  },
  {
    id: "cpu-l2-half-of-l0",
    where: "section 3.1, table 6",
    quote:
      "The reported L2 throughput […] is recorded as being roughly half that of the reported L0 throughput",
    readings: [
      plain(
        ...BOTH_PLATFORMS.map((platform): Predicate => {
          const cell = { table: "6", platform, measure: "throughput" } as const;
          return { kind: "ratio-is", of: { ...cell, level: 2 }, to: { ...cell, level: 0 }, value: "0.5" };
        }),
      ),
    ],
  },
  {
    id: "threads-l0-x86-faster",
    where: "section 3.2, table 7",
    quote:
      "When run in the non-virtualized configuration (L0), the x86_64 variant […] reported a higher mean transactional throughput rate and a faster application response time",
    readings: [plain(outperforms(X86, S390X, ["7"], [0]))],
  },
  {
    id: "threads-l1-s390x-faster",
    where: "section 3.2, table 7",
    quote:
      "recorded a higher throughput and faster response times when running in an L1 z/VM guest than the x86_64 test did when running in an L1 KVM guest",
    readings: [plain(outperforms(S390X, X86, ["7"], [1]))],
  },
  {
    id: "threads-l2-twice",
    where: "section 3.2, table 7",
    quote: "a throughput twice as large, and a response time twice as fast",
    readings: [
      plain(
        {
          kind: "ratio-is",
          of: { table: "7", platform: S390X, level: 2, measure: "throughput" },
          to: { table: "7", platform: X86, level: 2, measure: "throughput" },
          value: "2",
        },
        {
          kind: "ratio-is",
          of: { table: "7", platform: X86, level: 2, measure: "response" },
          to: { table: "7", platform: S390X, level: 2, measure: "response" },
          value: "2",
        },
      ),
    ],
  },
  {
    id: "threads-standard-errors-reduced",
    where: "section 3.2, table 8",
    quote: "Eliminating resource over-commitment substantially reduced the reported standard error",
    readings: [
      plain(smallerErrors("8", "7")),
      { ...plain(smallerErrors("8", "7")), scope: "most", assuming: "most are meant, not each" },
    ],
  },
  {
    id: "threads-no-jump",
    where: "section 3.2, table 8",
    quote: "eliminated the L1 performance “jumps” recorded by the S390x application",
    readings: [plain(...degrades(["8"], [S390X], [[0, 1]]))],
  },
  {
    id: "threads-degrade",
    where: "section 3.2, table 8",
    quote:
      "in general, transactional throughput decreases and response time increases for the thread scheduling application as we increase the degree of virtualization",
    readings: [plain(...degrades(["8"], BOTH_PLATFORMS, STEPS))],
  },
  {
    id: "threads-x86-loses-advantage",
    where: "section 3.2, table 8",
    quote:
      "appears to lose whatever scheduling advantages it had once one or more levels of KVM are involved",
    readings: [plain(outperforms(S390X, X86, ["8"], GUESTS))],
  },
  {
    id: "threads-x86-degrades-faster",
    where: "section 3.2, table 8",
    quote:
      "The throughput reported by the x86_64 application decreases at a faster rate […] Similarly, the x86_64 application response times increase at a faster rate",
    readings: [plain(changesLess("8", S390X, X86, STEPS))],
  },
  {
    id: "memory-write-l0-s390x-faster",
    where: "section 3.3, figure 8",
    quote: "a transactional throughput on S390x that was much higher than it was on x86_64",
    readings: [plain(outperforms(S390X, X86, ["9"], [0], ["throughput"]))],
  },
  {
    id: "memory-write-l1-apart",
    where: "section 3.3, figure 8",
    quote:
      "the S390x application's transactional throughput increased while x86_64 application's throughput decreased",
    readings: [
      plain(
        moves("up", "throughput", ["9"], [S390X], [[0, 1]]),
        moves("down", "throughput", ["9"], [X86], [[0, 1]]),
      ),
    ],
  },
  {
    id: "memory-write-l2-s390x-more-severe",
    where: "section 3.3, figure 8",
    quote:
      "caused the throughput on both architectures to decrease, but the rate of change observed in the S390x application was far more severe",
    readings: [
      plain(
        moves("down", "throughput", ["9"], BOTH_PLATFORMS, [[1, 2]]),
        changesLess("9", X86, S390X, [[1, 2]], ["throughput"]),
      ),
    ],
  },
  {
    id: "memory-write-s390x-responds-faster",
    where: "section 3.3, figure 9",
    quote: "reported faster response times than it did on x86_64 across all levels of virtualization",
    readings: [plain(outperforms(S390X, X86, ["9"], LEVELS, ["response"]))],
  },
  {
    id: "memory-write-l1-response",
    where: "section 3.3, figure 9",
    quote:
      "caused benchmark response time to improve, but running our x86_64 test from within an L1 KVM guest caused response time to more than double over its hardware (L0) value",
    readings: [
      plain(moves("down", "response", ["9"], [S390X], [[0, 1]]), {
        kind: "ratio-above",
        of: { table: "9", platform: X86, level: 1, measure: "response" },
        to: { table: "9", platform: X86, level: 0, measure: "response" },
        value: "2",
      }),
    ],
  },
  {
    id: "memory-write-l2-response",
    where: "section 3.3, figure 9",
    quote:
      "caused the S390x application's response time to slow, but caused the x86_64 application's response time to improve […] as the x86_64 application's throughput had decreased",
    readings: [
      plain(
        moves("up", "response", ["9"], [S390X], [[1, 2]]),
        moves("down", "response", ["9"], [X86], [[1, 2]]),
        moves("down", "throughput", ["9"], [X86], [[1, 2]]),
      ),
    ],
  },
  {
    id: "memory-write-x86-response-decreased",
    where: "section 3.3, table 10",
    quote: "the memory write application's response time on x86_64 now decreased between L1 and L2",
    readings: [plain(moves("down", "response", ["10"], [X86], [[1, 2]]))],
  },
  {
    id: "memory-write-standard-errors-gone",
    where: "section 3.3, table 10",
    quote:
      "the standard error recorded for both throughput and response time was all but eliminated in both environments",
    readings: [plain(smallerErrors("10", "9"))],
  },
  {
    id: "memory-read-throughput-falls",
    where: "section 3.4, figure 11",
    quote:
      "As we increased the degree of virtualization from L0 to L2, the SysBench memory read application's transactional throughput decreased in both the S390x and x86_64 environments",
    readings: [plain(moves("down", "throughput", ["11"], BOTH_PLATFORMS, STEPS))],
  },
  {
    id: "memory-read-s390x-falls-faster",
    where: "section 3.4, figure 11",
    quote: "the throughput on S390x decreased at a faster rate than it did on x86_64",
    readings: [plain(changesLess("11", X86, S390X, STEPS, ["throughput"]))],
  },
  {
    id: "memory-read-throughput-crosses",
    where: "section 3.4, figure 11",
    quote:
      "Even though the S390x application had the higher throughput rate at L0, x86_64 application throughput was substantially higher than the S390x application throughput by L2",
    readings: [
      plain(
        outperforms(S390X, X86, ["11"], [0], ["throughput"]),
        outperforms(X86, S390X, ["11"], [2], ["throughput"]),
      ),
    ],
  },
  {
    id: "memory-read-responses-slow",
    where: "section 3.4, figure 12",
    quote:
      "Memory read response times slowed as we increased the degree of virtualization, however they slowed at a faster rate on S390x",
    readings: [
      plain(
        moves("up", "response", ["11"], BOTH_PLATFORMS, STEPS),
        changesLess("11", X86, S390X, STEPS, ["response"]),
      ),
    ],
  },
  {
    id: "memory-read-responses-cross",
    where: "section 3.4, figure 12",
    quote:
      "maintained a faster response time than the x86_64 application in the L0 and L1 environments, the application response time at L2 was significantly faster on x86_64",
    readings: [
      plain(
        outperforms(S390X, X86, ["11"], [0, 1], ["response"]),
        outperforms(X86, S390X, ["11"], [2], ["response"]),
      ),
    ],
  },
  {
    id: "memory-read-standard-errors-reduced",
    where: "section 3.4, table 12",
    quote:
      "a marked decrease in all standard error values that had been observed in the over-committed environment",
    readings: [plain(smallerErrors("12", "11"))],
  },
  {
    id: "memory-read-within-1-percent",
    where: "section 3.4, table 12",
    quote: "the mean application response times recorded at L0 and L1 were within 1% of each other",
    readings: [
      plain({
        kind: "within",
        limit: "1%",
        tables: ["12"],
        platforms: BOTH_PLATFORMS,
        steps: [[0, 1]],
        measures: ["response"],
      }),
    ],
  },
  {
    id: "memory-read-s390x-degrades-faster",
    where: "section 3.4, table 12",
    quote:
      "Both throughput and response time continued to degrade […] at a greater rate for the S390x application",
    readings: [
      plain(...degrades(["12"], BOTH_PLATFORMS, STEPS), changesLess("12", X86, S390X, STEPS)),
      {
        ...plain(...degrades(["12"], BOTH_PLATFORMS, STEPS), changesLess("12", X86, S390X, [[0, 2]])),
        assuming: "the change from L0 to L2 is meant, not that of each level",
      },
    ],
  },
  {
    id: "memory-read-l2-x86-faster",
    where: "section 3.4, table 12",
    quote:
      "when running on top of a nested hypervisor, throughput for the x86_64 application remained higher, and response time remained lower",
    readings: [plain(outperforms(X86, S390X, ["12"], [2]))],
  },
  {
    id: "oltp-throughput-falls",
    where: "section 3.5, figure 14",
    quote: "application throughput decreased as the degree of virtualization increased",
    readings: [plain(moves("down", "throughput", ["13"], BOTH_PLATFORMS, STEPS))],
  },
  {
    id: "oltp-throughput-crosses",
    where: "section 3.5, figure 14",
    quote:
      "In the L0 and L1 configurations, the S390x application recorded higher throughput values […] by L2 [x86_64] reported a higher throughput",
    readings: [
      plain(
        outperforms(S390X, X86, ["13"], [0, 1], ["throughput"]),
        outperforms(X86, S390X, ["13"], [2], ["throughput"]),
      ),
    ],
  },
  {
    id: "oltp-x86-falls-less",
    where: "section 3.5, figure 14",
    quote: "The x86_64 application experienced much smaller decreases in throughput from L0 to L2",
    readings: [plain(changesLess("13", X86, S390X, [[0, 2]], ["throughput"]))],
  },
  {
    id: "oltp-responses-cross",
    where: "section 3.5, figure 15",
    quote:
      "readily outperformed the x86_64 application at similar levels of virtualization […] By the L2 environment, the x86_64 application had recorded a faster response time",
    readings: [
      plain(
        outperforms(S390X, X86, ["13"], [0, 1], ["response"]),
        outperforms(X86, S390X, ["13"], [2], ["response"]),
      ),
    ],
  },
  {
    id: "oltp-x86-slowdowns",
    where: "section 3.5, figure 15",
    quote: "incremental slowdowns of 13-23% as the degree of virtualization was increased from L0 to L2",
    readings: [
      plain({
        kind: "change-range",
        series: { table: "13", platform: X86 },
        steps: STEPS,
        measure: "response",
        least: "13%",
        most: "23%",
      }),
    ],
  },
  {
    id: "oltp-without-over-commitment",
    where: "section 3.5, table 14",
    quote:
      "caused the transactional throughput on both architectures to decrease in the L1 and L2 environments, while also causing the response time in those same environments to improve",
    readings: [
      plain({
        kind: "smaller-in",
        column: "mean",
        table: "14",
        than: "13",
        platforms: BOTH_PLATFORMS,
        levels: GUESTS,
        measures: BOTH_MEASURES,
      }),
    ],
  },
  {
    id: "oltp-x86-responses-closer",
    where: "section 3.5, table 14",
    quote:
      "caused the L1 and L2 level x86_64 application response times to be much closer to the L0 x86_64 application response time",
    readings: [
      plain({
        kind: "changes-less",
        series: { table: "14", platform: X86 },
        than: { table: "13", platform: X86 },
        steps: [
          [0, 1],
          [0, 2],
        ],
        measures: ["response"],
      }),
    ],
  },
  {
    id: "summary-cpu-x86-faster",
    where: "section 4.1",
    quote:
      "x86_64 CPU performance consistently outperformed S390x CPU performance irrespective of the degree of virtualization",
    readings: [plain(outperforms(X86, S390X, ["5", "6"], LEVELS))],
  },
  {
    id: "summary-cpu-x86-degrades",
    where: "section 4.1",
    quote: "its x86_64 CPU performance decreased",
    readings: [plain(...degrades(["5", "6"], [X86], STEPS))],
  },
  {
    id: "summary-threads-degrade",
    where: "section 4.1",
    quote:
      "Thread scheduling performance for both z/VM and KVM virtual machines decreases with increasing levels of virtualization",
    readings: eitherSeries("7", "8", (tables) => degrades(tables, BOTH_PLATFORMS, STEPS)),
  },
  {
    id: "summary-threads-s390x-faster-in-guests",
    where: "section 4.1",
    quote: "for L1 and L2 virtual machines, z/VM provides better thread scheduling performance than KVM",
    readings: [plain(outperforms(X86, S390X, ["7", "8"], [0]), outperforms(S390X, X86, ["7", "8"], GUESTS))],
  },
  {
    id: "summary-memory-write-halved",
    where: "section 4.1",
    quote:
      "a significant degradation when moved to an L2 z/VM guest, as throughput halved and application response time more than doubled",
    readings: eitherSeries("9", "10", (tables) =>
      tables.flatMap((table): readonly Predicate[] => {
        const at = (measure: Measure, level: number) => ({ table, platform: S390X, level, measure });
        return [
          { kind: "ratio-is", of: at("throughput", 2), to: at("throughput", 1), value: "0.5" },
          { kind: "ratio-above", of: at("response", 2), to: at("response", 1), value: "2" },
        ];
      }),
    ),
  },
  {
    id: "summary-memory-write-x86-degrades",
    where: "section 4.1",
    quote:
      "Memory write performance on x86_64 experienced gradual but consistent performance degradation with each additional layer of KVM",
    readings: eitherSeries("9", "10", (tables) => degrades(tables, [X86], STEPS)),
  },
  {
    id: "summary-memory-write-throughput-advantage",
    where: "section 4.1",
    quote: "an S390x virtual machine will maintain a 30-173% higher write throughput",
    readings: [plain(advantage("throughput", "30%", "173%"))],
  },
  {
    id: "summary-memory-write-response-advantage",
    where: "section 4.1",
    quote: "a 22-77% faster response time than a similarly-configured x86_64 virtual machine",
    readings: [plain(advantage("response", "22%", "77%"))],
  },
  {
    id: "summary-memory-read-degrades",
    where: "section 4.1",
    quote:
      "On both z/VM and KVM, memory read throughput decreases and application response time increases with increasing levels of virtualization",
    readings: [plain(...degrades(["11", "12"], BOTH_PLATFORMS, STEPS))],
  },
  {
    id: "summary-memory-read-crosses",
    where: "section 4.1",
    quote:
      "S390x and z/VM provide more throughput and faster response time than x86_64 and KVM for L0 and L1 configurations, […] KVM provides the better memory read performance for L2",
    readings: [
      plain(outperforms(S390X, X86, ["11", "12"], [0, 1]), outperforms(X86, S390X, ["11", "12"], [2])),
    ],
  },
  {
    id: "summary-memory-read-l2-kvm-changes-less",
    where: "section 4.1",
    quote:
      "the relative performance change between L1 and L2 KVM is much smaller than the relative performance change between L1 and L2 z/VM",
    readings: [plain(changesLess("11", X86, S390X, [[1, 2]]), changesLess("12", X86, S390X, [[1, 2]]))],
  },
  {
    id: "summary-oltp-degrades",
    where: "section 4.1",
    quote: "The performance of the MySQL test application degrades as the degree of virtualization increases",
    readings: eitherSeries("14", "13", (tables) => degrades(tables, BOTH_PLATFORMS, STEPS)),
  },
  {
    id: "summary-oltp-x86-degrades",
    where: "section 4.1",
    quote: "with each level of virtualization performing slightly poorer than the level before it",
    readings: [plain(...degrades(["13", "14"], [X86], STEPS))],
  },
  {
    id: "summary-oltp-s390x-faster",
    where: "section 4.1",
    quote: "S390x and z/VM provide vastly superior L0 and L1 performance",
    readings: [plain(outperforms(S390X, X86, ["13", "14"], [0, 1]))],
  },
  {
    id: "conclusion-cpu-and-threads-scale-better",
    where: "section 4.2",
    quote:
      "CPU and thread scheduling performance, as that is where z/VM demonstrated better scaling with respect to the degree of virtualization",
    readings: [plain(...["5", "6", "7", "8"].map((table) => changesLess(table, S390X, X86, [[0, 2]])))],
  },
  {
    id: "conclusion-kvm-more-consistent",
    where: "section 4.2",
    quote:
      "its performance across levels of virtualization was far more consistent than z/VM in the memory write, memory read, and MySQL tests",
    readings: [
      plain(...["9", "10", "11", "12", "13", "14"].map((table) => changesLess(table, X86, S390X, [[0, 2]]))),
      {
        ...plain(...["10", "12", "14"].map((table) => changesLess(table, X86, S390X, [[0, 2]]))),
        assuming: "the series without over-commitment is meant",
      },
    ],
  },
];

/** What the words say, of each thing that they speak of. */
function plain(...predicates: readonly Predicate[]): Reading {
  return { scope: "every", predicates };
}

/** The summary does not say which series it means: both, or the one that carries it. */
function eitherSeries(
  other: string,
  meant: string,
  of: (tables: readonly string[]) => readonly Predicate[],
): readonly [Reading, Reading] {
  return [plain(...of([other, meant])), { ...plain(...of([meant])), assuming: `table ${meant} is meant` }];
}

function outperforms(
  platform: string,
  other: string,
  tables: readonly string[],
  levels: readonly number[],
  measures: readonly Measure[] = BOTH_MEASURES,
): Predicate {
  return { kind: "outperforms", platform, other, tables, levels, measures };
}

function moves(
  direction: "up" | "down",
  measure: Measure,
  tables: readonly string[],
  platforms: readonly string[],
  steps: readonly Step[],
): Predicate {
  return { kind: "moves", direction, measure, tables, platforms, steps };
}

/** Less throughput and longer responses over each step. */
function degrades(
  tables: readonly string[],
  platforms: readonly string[],
  steps: readonly Step[],
): readonly Predicate[] {
  return [
    moves("down", "throughput", tables, platforms, steps),
    moves("up", "response", tables, platforms, steps),
  ];
}

function changesLess(
  table: string,
  less: string,
  more: string,
  steps: readonly Step[],
  measures: readonly Measure[] = BOTH_MEASURES,
): Predicate {
  return {
    kind: "changes-less",
    series: { table, platform: less },
    than: { table, platform: more },
    steps,
    measures,
  };
}

/** L0 was measured once, so the guests' levels alone can tell the series apart. */
function smallerErrors(table: string, than: string): Predicate {
  return {
    kind: "smaller-in",
    column: "standardError",
    table,
    than,
    platforms: BOTH_PLATFORMS,
    levels: GUESTS,
    measures: BOTH_MEASURES,
  };
}

/** Over both series of the memory write test: its least stands in table 10 and its most in table 9. */
function advantage(measure: Measure, least: string, most: string): Predicate {
  return {
    kind: "advantage-range",
    platform: S390X,
    over: X86,
    tables: ["9", "10"],
    levels: LEVELS,
    measure,
    least,
    most,
  };
}
