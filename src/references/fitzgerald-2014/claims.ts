import type {
  Claim,
  Interpretation,
  Measure,
  Predicate,
  Transition,
} from "../../core/published/published.ts";

const S390X = "S390x";
const X86 = "x86_64";
const BOTH_PLATFORMS = [S390X, X86];
const BOTH_MEASURES: readonly Measure[] = ["throughput", "response"];
const LEVELS = [0, 1, 2];
const GUESTS = [1, 2];
const STEPS: readonly Transition[] = [
  [0, 1],
  [1, 2],
];

/** What the text says of tables 5 to 14, in its order, as far as numbers can settle it. */
export const CLAIMS: readonly Claim[] = [
  ...madeIn("section 3.1, figures 2 and 3", {
    "cpu-x86-faster": says(
      "maintained a higher mean transactional throughput rate and a much faster response time than the S390x variant, regardless of the amount of virtualization",
      outperforms(X86, S390X, ["5", "6"], LEVELS),
    ),
    "cpu-x86-degrades": says(
      "As the degree of virtualization was increased from L0 to L2, the throughput of the x86_64 application decreased and response time slowed",
      ...degrades(["5"], [X86], STEPS),
    ),
  }),
  ...madeIn("section 3.1, figures 2 and 3, footnote 4", {
    "cpu-s390x-no-significant-variation": says(
      "neither the throughput nor the response time reported by the S390x application showed significant variation across configurations",
      {
        kind: "not-significant",
        series: { table: "5", platform: S390X },
        steps: [...STEPS, [0, 2]],
        measures: BOTH_MEASURES,
        alpha: "0.05", // footnote 4
      },
    ),
  }),
  ...madeIn("section 3.1, table 6", {
    "cpu-standard-errors-reduced": mayMean(
      "the standard errors that we had initially observed became greatly reduced",
      plain(smallerErrors("6", "5")),
      most(smallerErrors("6", "5")),
    ),
    "cpu-l2-half-of-l0": says(
      "The reported L2 throughput […] is recorded as being roughly half that of the reported L0 throughput",
      ...BOTH_PLATFORMS.map((platform): Predicate => {
        const cell = { table: "6", platform, measure: "throughput" } as const;
        return { kind: "ratio-is", of: { ...cell, level: 2 }, to: { ...cell, level: 0 }, value: "0.5" };
      }),
    ),
  }),
  ...madeIn("section 3.2, table 7", {
    "threads-l0-x86-faster": says(
      "When run in the non-virtualized configuration (L0), the x86_64 variant […] reported a higher mean transactional throughput rate and a faster application response time",
      outperforms(X86, S390X, ["7"], [0]),
    ),
    "threads-l1-s390x-faster": says(
      "recorded a higher throughput and faster response times when running in an L1 z/VM guest than the x86_64 test did when running in an L1 KVM guest",
      outperforms(S390X, X86, ["7"], [1]),
    ),
    "threads-l2-twice": says(
      "a throughput twice as large, and a response time twice as fast",
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
  }),
  ...madeIn("section 3.2, table 8", {
    "threads-standard-errors-reduced": mayMean(
      "Eliminating resource over-commitment substantially reduced the reported standard error",
      plain(smallerErrors("8", "7")),
      most(smallerErrors("8", "7")),
    ),
    "threads-no-jump": says(
      "eliminated the L1 performance “jumps” recorded by the S390x application",
      ...degrades(["8"], [S390X], [[0, 1]]),
    ),
    "threads-degrade": says(
      "in general, transactional throughput decreases and response time increases for the thread scheduling application as we increase the degree of virtualization",
      ...degrades(["8"], BOTH_PLATFORMS, STEPS),
    ),
    "threads-x86-loses-advantage": says(
      "appears to lose whatever scheduling advantages it had once one or more levels of KVM are involved",
      outperforms(S390X, X86, ["8"], GUESTS),
    ),
    "threads-x86-degrades-faster": says(
      "The throughput reported by the x86_64 application decreases at a faster rate […] Similarly, the x86_64 application response times increase at a faster rate",
      changesLess("8", S390X, X86, STEPS),
    ),
  }),
  ...madeIn("section 3.3, figure 8", {
    "memory-write-l0-s390x-faster": says(
      "a transactional throughput on S390x that was much higher than it was on x86_64",
      outperforms(S390X, X86, ["9"], [0], ["throughput"]),
    ),
    "memory-write-l1-apart": says(
      "the S390x application's transactional throughput increased while x86_64 application's throughput decreased",
      moves("up", "throughput", ["9"], [S390X], [[0, 1]]),
      moves("down", "throughput", ["9"], [X86], [[0, 1]]),
    ),
    "memory-write-l2-s390x-more-severe": says(
      "caused the throughput on both architectures to decrease, but the rate of change observed in the S390x application was far more severe",
      moves("down", "throughput", ["9"], BOTH_PLATFORMS, [[1, 2]]),
      changesLess("9", X86, S390X, [[1, 2]], ["throughput"]),
    ),
  }),
  ...madeIn("section 3.3, figure 9", {
    "memory-write-s390x-responds-faster": says(
      "reported faster response times than it did on x86_64 across all levels of virtualization",
      outperforms(S390X, X86, ["9"], LEVELS, ["response"]),
    ),
    "memory-write-l1-response": says(
      "caused benchmark response time to improve, but running our x86_64 test from within an L1 KVM guest caused response time to more than double over its hardware (L0) value",
      moves("down", "response", ["9"], [S390X], [[0, 1]]),
      {
        kind: "ratio-above",
        of: { table: "9", platform: X86, level: 1, measure: "response" },
        to: { table: "9", platform: X86, level: 0, measure: "response" },
        value: "2",
      },
    ),
    "memory-write-l2-response": says(
      "caused the S390x application's response time to slow, but caused the x86_64 application's response time to improve […] as the x86_64 application's throughput had decreased",
      moves("up", "response", ["9"], [S390X], [[1, 2]]),
      moves("down", "response", ["9"], [X86], [[1, 2]]),
      moves("down", "throughput", ["9"], [X86], [[1, 2]]),
    ),
  }),
  ...madeIn("section 3.3, table 10", {
    "memory-write-x86-response-decreased": says(
      "the memory write application's response time on x86_64 now decreased between L1 and L2",
      moves("down", "response", ["10"], [X86], [[1, 2]]),
    ),
    "memory-write-standard-errors-gone": says(
      "the standard error recorded for both throughput and response time was all but eliminated in both environments",
      smallerErrors("10", "9"),
    ),
  }),
  ...madeIn("section 3.4, figure 11", {
    "memory-read-throughput-falls": says(
      "As we increased the degree of virtualization from L0 to L2, the SysBench memory read application's transactional throughput decreased in both the S390x and x86_64 environments",
      moves("down", "throughput", ["11"], BOTH_PLATFORMS, STEPS),
    ),
    "memory-read-s390x-falls-faster": says(
      "the throughput on S390x decreased at a faster rate than it did on x86_64",
      changesLess("11", X86, S390X, STEPS, ["throughput"]),
    ),
    "memory-read-throughput-crosses": says(
      "Even though the S390x application had the higher throughput rate at L0, x86_64 application throughput was substantially higher than the S390x application throughput by L2",
      outperforms(S390X, X86, ["11"], [0], ["throughput"]),
      outperforms(X86, S390X, ["11"], [2], ["throughput"]),
    ),
  }),
  ...madeIn("section 3.4, figure 12", {
    "memory-read-responses-slow": says(
      "Memory read response times slowed as we increased the degree of virtualization, however they slowed at a faster rate on S390x",
      moves("up", "response", ["11"], BOTH_PLATFORMS, STEPS),
      changesLess("11", X86, S390X, STEPS, ["response"]),
    ),
    "memory-read-responses-cross": says(
      "maintained a faster response time than the x86_64 application in the L0 and L1 environments, the application response time at L2 was significantly faster on x86_64",
      outperforms(S390X, X86, ["11"], [0, 1], ["response"]),
      outperforms(X86, S390X, ["11"], [2], ["response"]),
    ),
  }),
  ...madeIn("section 3.4, table 12", {
    "memory-read-standard-errors-reduced": says(
      "a marked decrease in all standard error values that had been observed in the over-committed environment",
      smallerErrors("12", "11"),
    ),
    "memory-read-within-1-percent": says(
      "the mean application response times recorded at L0 and L1 were within 1% of each other",
      {
        kind: "within",
        limit: "1%",
        tables: ["12"],
        platforms: BOTH_PLATFORMS,
        steps: [[0, 1]],
        measures: ["response"],
      },
    ),
    "memory-read-s390x-degrades-faster": mayMean(
      "Both throughput and response time continued to degrade […] at a greater rate for the S390x application",
      plain(...degrades(["12"], BOTH_PLATFORMS, STEPS), changesLess("12", X86, S390X, STEPS)),
      {
        ...plain(...degrades(["12"], BOTH_PLATFORMS, STEPS), changesLess("12", X86, S390X, [[0, 2]])),
        assuming: "the change from L0 to L2 is meant, not that of each level",
      },
    ),
    "memory-read-l2-x86-faster": says(
      "when running on top of a nested hypervisor, throughput for the x86_64 application remained higher, and response time remained lower",
      outperforms(X86, S390X, ["12"], [2]),
    ),
  }),
  ...madeIn("section 3.5, figure 14", {
    "oltp-throughput-falls": says(
      "application throughput decreased as the degree of virtualization increased",
      moves("down", "throughput", ["13"], BOTH_PLATFORMS, STEPS),
    ),
    "oltp-throughput-crosses": says(
      "In the L0 and L1 configurations, the S390x application recorded higher throughput values […] by L2 [x86_64] reported a higher throughput",
      outperforms(S390X, X86, ["13"], [0, 1], ["throughput"]),
      outperforms(X86, S390X, ["13"], [2], ["throughput"]),
    ),
    "oltp-x86-falls-less": says(
      "The x86_64 application experienced much smaller decreases in throughput from L0 to L2",
      changesLess("13", X86, S390X, [[0, 2]], ["throughput"]),
    ),
  }),
  ...madeIn("section 3.5, figure 15", {
    "oltp-responses-cross": says(
      "readily outperformed the x86_64 application at similar levels of virtualization […] By the L2 environment, the x86_64 application had recorded a faster response time",
      outperforms(S390X, X86, ["13"], [0, 1], ["response"]),
      outperforms(X86, S390X, ["13"], [2], ["response"]),
    ),
    "oltp-x86-slowdowns": says(
      "incremental slowdowns of 13-23% as the degree of virtualization was increased from L0 to L2",
      {
        kind: "change-range",
        series: { table: "13", platform: X86 },
        steps: STEPS,
        measure: "response",
        least: "13%",
        most: "23%",
      },
    ),
  }),
  ...madeIn("section 3.5, table 14", {
    "oltp-without-over-commitment": says(
      "caused the transactional throughput on both architectures to decrease in the L1 and L2 environments, while also causing the response time in those same environments to improve",
      {
        kind: "smaller-in",
        column: "mean",
        table: "14",
        other: "13",
        platforms: BOTH_PLATFORMS,
        levels: GUESTS,
        measures: BOTH_MEASURES,
      },
    ),
    "oltp-x86-responses-closer": says(
      "caused the L1 and L2 level x86_64 application response times to be much closer to the L0 x86_64 application response time",
      {
        kind: "changes-less",
        series: { table: "14", platform: X86 },
        than: { table: "13", platform: X86 },
        steps: [
          [0, 1],
          [0, 2],
        ],
        measures: ["response"],
      },
    ),
  }),
  ...madeIn("section 4.1", {
    "summary-cpu-x86-faster": says(
      "x86_64 CPU performance consistently outperformed S390x CPU performance irrespective of the degree of virtualization",
      outperforms(X86, S390X, ["5", "6"], LEVELS),
    ),
    "summary-cpu-x86-degrades": says(
      "its x86_64 CPU performance decreased",
      ...degrades(["5", "6"], [X86], STEPS),
    ),
    "summary-threads-degrade": mayMean(
      "Thread scheduling performance for both z/VM and KVM virtual machines decreases with increasing levels of virtualization",
      ...eitherSeries("7", "8", (tables) => degrades(tables, BOTH_PLATFORMS, STEPS)),
    ),
    "summary-threads-s390x-faster-in-guests": says(
      "for L1 and L2 virtual machines, z/VM provides better thread scheduling performance than KVM",
      outperforms(X86, S390X, ["7", "8"], [0]),
      outperforms(S390X, X86, ["7", "8"], GUESTS),
    ),
    "summary-memory-write-halved": mayMean(
      "a significant degradation when moved to an L2 z/VM guest, as throughput halved and application response time more than doubled",
      ...eitherSeries("9", "10", (tables) =>
        tables.flatMap((table): readonly Predicate[] => {
          const at = (measure: Measure, level: number) => ({ table, platform: S390X, level, measure });
          return [
            { kind: "ratio-is", of: at("throughput", 2), to: at("throughput", 1), value: "0.5" },
            { kind: "ratio-above", of: at("response", 2), to: at("response", 1), value: "2" },
          ];
        }),
      ),
    ),
    "summary-memory-write-x86-degrades": mayMean(
      "Memory write performance on x86_64 experienced gradual but consistent performance degradation with each additional layer of KVM",
      ...eitherSeries("9", "10", (tables) => degrades(tables, [X86], STEPS)),
    ),
    "summary-memory-write-throughput-advantage": says(
      "an S390x virtual machine will maintain a 30-173% higher write throughput",
      advantage("throughput", "30%", "173%"),
    ),
    "summary-memory-write-response-advantage": says(
      "a 22-77% faster response time than a similarly-configured x86_64 virtual machine",
      advantage("response", "22%", "77%"),
    ),
    "summary-memory-read-degrades": says(
      "On both z/VM and KVM, memory read throughput decreases and application response time increases with increasing levels of virtualization",
      ...degrades(["11", "12"], BOTH_PLATFORMS, STEPS),
    ),
    "summary-memory-read-crosses": says(
      "S390x and z/VM provide more throughput and faster response time than x86_64 and KVM for L0 and L1 configurations, […] KVM provides the better memory read performance for L2",
      outperforms(S390X, X86, ["11", "12"], [0, 1]),
      outperforms(X86, S390X, ["11", "12"], [2]),
    ),
    "summary-memory-read-l2-kvm-changes-less": says(
      "the relative performance change between L1 and L2 KVM is much smaller than the relative performance change between L1 and L2 z/VM",
      changesLess("11", X86, S390X, [[1, 2]]),
      changesLess("12", X86, S390X, [[1, 2]]),
    ),
    "summary-oltp-degrades": mayMean(
      "The performance of the MySQL test application degrades as the degree of virtualization increases",
      ...eitherSeries("14", "13", (tables) => degrades(tables, BOTH_PLATFORMS, STEPS)),
    ),
    "summary-oltp-x86-degrades": says(
      "with each level of virtualization performing slightly poorer than the level before it",
      ...degrades(["13", "14"], [X86], STEPS),
    ),
    "summary-oltp-s390x-faster": says(
      "S390x and z/VM provide vastly superior L0 and L1 performance",
      outperforms(S390X, X86, ["13", "14"], [0, 1]),
    ),
  }),
  ...madeIn("section 4.2", {
    "conclusion-cpu-and-threads-scale-better": says(
      "CPU and thread scheduling performance, as that is where z/VM demonstrated better scaling with respect to the degree of virtualization",
      ...["5", "6", "7", "8"].map((table) => changesLess(table, S390X, X86, [[0, 2]])),
    ),
    "conclusion-kvm-more-consistent": mayMean(
      "its performance across levels of virtualization was far more consistent than z/VM in the memory write, memory read, and MySQL tests",
      plain(...["9", "10", "11", "12", "13", "14"].map((table) => changesLess(table, X86, S390X, [[0, 2]]))),
      {
        ...plain(...["10", "12", "14"].map((table) => changesLess(table, X86, S390X, [[0, 2]]))),
        assuming: "the series without over-commitment is meant",
      },
    ),
  }),
];

type Said = Pick<Claim, "quote" | "readings">;

/** The claims of one place by their ids. */
function madeIn(where: string, claims: Readonly<Record<string, Said>>): readonly Claim[] {
  return Object.entries(claims).map(([id, said]) => ({ id, where, ...said }));
}

/** Words that have one meaning: every predicate holds. */
function says(quote: string, ...predicates: readonly Predicate[]): Said {
  return { quote, readings: [plain(...predicates)] };
}

/** Words that allow several readings, the plain one first. */
function mayMean(quote: string, ...readings: Said["readings"]): Said {
  return { quote, readings };
}

/** The plain reading of the words, for each thing that they speak of. */
function plain(...predicates: readonly Predicate[]): Interpretation {
  return { scope: "every", predicates };
}

/** Weaker: more than half of what they speak of. */
function most(...predicates: readonly Predicate[]): Interpretation {
  return { scope: "most", predicates, assuming: "most are meant, not each" };
}

/** The summary does not say which series it means: both, or the one that carries it. */
function eitherSeries(
  other: string,
  meant: string,
  of: (tables: readonly string[]) => readonly Predicate[],
): readonly [Interpretation, Interpretation] {
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
  steps: readonly Transition[],
): Predicate {
  return { kind: "moves", direction, measure, tables, platforms, steps };
}

/** Less throughput and longer responses over each step. */
function degrades(
  tables: readonly string[],
  platforms: readonly string[],
  steps: readonly Transition[],
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
  steps: readonly Transition[],
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
function smallerErrors(table: string, other: string): Predicate {
  return {
    kind: "smaller-in",
    column: "standardError",
    table,
    other,
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
    other: X86,
    tables: ["9", "10"],
    levels: LEVELS,
    measure,
    least,
    most,
  };
}
