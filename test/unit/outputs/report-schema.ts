import { z } from "zod";
import { VERDICTS } from "../../../src/core/stats/verdict.ts";

/**
 * What `report.json` holds. Strict, so that the test fails when a report gains a key that nobody described; the
 * JSON Schema in docs/report.schema.json is made from it.
 */

const text = z.string();
const count = z.int().min(0);
/** JSON has no infinity. */
const orUnbounded = z.union([z.number(), z.null()]).meta({ description: "null where there is no bound" });

const problem = z
  .strictObject({
    code: text.meta({ description: "a short kebab-case name that scripts can rely on" }),
    at: text.optional(),
    what: text,
    hint: text.optional(),
    evidence: text.optional(),
  })
  .meta({ id: "problem" });

const trial = z
  .strictObject({
    id: text.meta({ description: "unique in a run, such as b1-up-L0-cpu-1" }),
    boot: z.int().min(1),
    condition: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "among the combinations of the study's factors; absent where it has none" }),
    direction: z.enum(["up", "down"]),
    level: count,
    workload: text,
    run: z
      .int()
      .min(1)
      .meta({ description: "among the trials of one workload at one level in one direction" }),
  })
  .meta({ id: "trial" });

const verdictKind = z.enum(VERDICTS).meta({ id: "verdict" });

const verdict = z.strictObject({
  kind: verdictKind,
  reason: text,
  settledBy: z
    .strictObject({ kind: z.enum(["boots", "beyond"]), boots: count })
    .optional()
    .meta({
      description: "about how many boots in all would settle what is open; beyond: more than so many",
    }),
});

const of = z
  .strictObject({
    run: text.optional(),
    workload: text.optional(),
    level: count.optional(),
    boot: count.optional(),
  })
  .meta({ id: "of", description: "the trials behind a figure; what is absent is not narrowed down" });

const figureText = {
  id: text,
  title: text,
  alt: text.meta({ description: "the picture in words" }),
  label: text.optional().meta({ description: "must stay with the picture" }),
  of: of.optional(),
};

const ratioFigure = z
  .strictObject({
    kind: z.literal("ratios"),
    ...figureText,
    axis: text,
    margin: z.number().meta({ description: "0.02: ratios from 1/1.02 to 1.02 count as equivalent" }),
    rows: z.array(
      z.strictObject({
        group: text,
        name: text,
        ratio: z.number(),
        low: orUnbounded.optional(),
        high: orUnbounded.optional(),
        verdict: verdictKind,
        of: of.optional(),
      }),
    ),
  })
  .meta({ id: "ratioFigure" });

const barFigure = z
  .strictObject({
    kind: z.literal("bars"),
    ...figureText,
    panels: z.array(
      z.strictObject({
        title: text,
        unit: text,
        better: z.enum(["higher", "lower"]),
        bars: z.array(
          z.strictObject({
            platform: text,
            level: text,
            value: z.number(),
            standardError: z.number().optional(),
            points: z.array(z.number()).meta({ description: "one per boot; empty for published means" }),
            of: of.optional(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "barFigure" });

const curveFigure = z
  .strictObject({
    kind: z.literal("curves"),
    ...figureText,
    across: text.meta({ description: "what grows, with its unit" }),
    up: text.meta({ description: "what is drawn over it, with its unit" }),
    panels: z.array(
      z.strictObject({
        title: text,
        curves: z.array(
          z.strictObject({
            name: text,
            points: z.array(z.strictObject({ across: z.number(), up: z.number() })),
            measured: z
              .strictObject({ by: text, up: z.number() })
              .optional()
              .meta({ description: "the same quantity as somebody measured it" }),
            of: of.optional(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "curveFigure" });

const stackFigure = z
  .strictObject({
    kind: z.literal("stacks"),
    ...figureText,
    stacks: z.array(
      z.strictObject({
        title: text,
        layers: z
          .array(z.strictObject({ name: text, detail: text }))
          .meta({ description: "from the ground up" }),
      }),
    ),
  })
  .meta({ id: "stackFigure" });

const timelineFigure = z
  .strictObject({
    kind: z.literal("timeline"),
    ...figureText,
    spans: z.array(
      z.strictObject({
        boot: count,
        level: count,
        what: text,
        fromSeconds: z.number().meta({ description: "since the run's first trial" }),
        toSeconds: z.number(),
        failed: z.boolean(),
      }),
    ),
  })
  .meta({ id: "timelineFigure" });

const terminal = z.enum(["end", "show", "never"]).meta({
  id: "terminal",
  description: "where a terminal prints it: at the end of a run, for dvirt show, or never",
});

const table = z
  .strictObject({
    id: text,
    title: text,
    columns: z.array(
      z.strictObject({
        title: text,
        align: z.enum(["start", "end"]),
        group: text.optional(),
        of: of.optional(),
      }),
    ),
    rows: z.array(
      z.strictObject({
        cells: z
          .array(z.union([text, z.strictObject({ text, doubt: text })]))
          .meta({ description: "text as it is shown, rounded; full precision is in analysis and trials" }),
        of: of.optional().meta({ description: "absent where the figures rest on no trials" }),
        terminal: terminal.optional().meta({ description: "where it differs from the table's" }),
      }),
    ),
    terminal,
    of: of.optional(),
    footnotes: z.array(text),
  })
  .meta({ id: "table" });

const section = z
  .strictObject({
    id: text,
    title: text,
    pages: z
      .literal("own")
      .optional()
      .meta({ description: "pages of dvirt serve say this in their own way" }),
    blocks: z.array(
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("paragraph"), text }),
        z.strictObject({ kind: z.literal("items"), items: z.array(text) }),
        z.strictObject({ kind: z.literal("table"), table }),
        z.strictObject({
          kind: z.literal("figure"),
          figure: z.discriminatedUnion("kind", [
            barFigure,
            ratioFigure,
            curveFigure,
            stackFigure,
            timelineFigure,
          ]),
        }),
        z.strictObject({ kind: z.literal("listing"), title: text, text }),
      ]),
    ),
  })
  .meta({ id: "section" });

const quantity = z
  .strictObject({
    estimate: z.strictObject({ n: count, mean: z.number(), standardError: z.number().optional() }),
    perBoot: z.array(z.number()),
    boots: z.array(count),
    rounding: z.array(z.number()).meta({
      description:
        "per boot, what the rounding of readings adds to the variance of the logarithm; empty where the resolution is not known",
    }),
    geometric: z.array(z.number()),
    changeFromPreviousLevel: z.number().optional(),
    ratioToL0: z.number().optional(),
    marks: z.array(z.array(z.enum(["tukey", "mad"]))),
    components: z
      .strictObject({
        boots: count,
        runs: count,
        runsPerBoot: z.number(),
        betweenVariance: z.number(),
        withinVariance: z.number(),
        intraclassCorrelation: z.number(),
        warnings: z.array(text),
      })
      .optional(),
  })
  .meta({ id: "quantity", description: "per second, or seconds; one value per boot" });

const ratioEstimate = z
  .strictObject({
    ratio: z.number(),
    low: z.number(),
    high: orUnbounded,
    confidence: z.number(),
    standardError: z.number().optional().meta({ description: "of the ratio's logarithm" }),
    df: orUnbounded,
    boots: count.optional().meta({ description: "absent for a published table" }),
    p: z.number().optional(),
    method: z.enum(["blocked-log-ratio", "welch-log-ratio", "ratio-of-means"]),
    warnings: z.array(text),
  })
  .meta({ id: "ratioEstimate" });

const series = {
  workload: text,
  platform: text,
  resources: text,
  condition: text.optional().meta({ description: "of a study with factors, such as thp never, disk ide" }),
};

/** Two one-sided tests; `low` and `high` are the margin as ratios. */
const equivalence = z.strictObject({
  p: z.number().optional(),
  equivalent: z.boolean(),
  low: z.number(),
  high: z.number(),
});

const exactTest = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("exact"), p: z.number(), arrangements: count, smallestP: z.number() }),
  z.strictObject({ kind: z.literal("not-made"), reason: text }),
]);

const comparison = z
  .strictObject({
    ...series,
    metric: z.enum(["throughput", "response"]),
    level: count,
    to: count.meta({ description: "the level it is compared with" }),
    estimate: ratioEstimate,
    fieller: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("bounded"), low: z.number(), high: z.number() }),
      z.strictObject({ kind: z.literal("exclusive"), below: orUnbounded, above: orUnbounded }),
      z.strictObject({ kind: z.literal("unbounded") }),
    ]),
    tests: z
      .discriminatedUnion("kind", [
        z.strictObject({
          kind: z.literal("within boots"),
          paired: ratioEstimate.meta({ description: "Student's paired t: the ratio's own spread alone" }),
          signFlip: exactTest,
          lag1: z.number().optional().meta({
            description: "how much boots resemble those before them, from ten boots on",
          }),
        }),
        z.strictObject({
          kind: z.literal("unrelated"),
          welch: z
            .strictObject({ t: orUnbounded, df: orUnbounded, p: z.number(), warnings: z.array(text) })
            .optional(),
        }),
      ])
      .meta({ description: "other tests of the same ratio, for the same design" }),
    bhP: z.number().optional().meta({ description: "p after Benjamini and Hochberg; verdicts rest on it" }),
    holmP: z.number().optional().meta({ description: "p after Holm" }),
    hedges: z
      .strictObject({ g: z.number(), low: z.number(), high: z.number(), warnings: z.array(text) })
      .optional(),
    equivalence,
    verdict,
  })
  .meta({ id: "comparison" });

const effect = z
  .strictObject({
    kind: z.enum(["throughput", "kept", "interaction"]).meta({
      description:
        "of throughput, of the share of L0's throughput that the level keeps, or of two factors together",
    }),
    changes: z.array(z.strictObject({ factor: text, from: text, to: text })),
    workload: text,
    level: count,
    role: z.enum(["effect", "control"]).meta({ description: "control: only chance can show here" }),
    estimate: ratioEstimate,
    bhP: z.number().optional().meta({ description: "p after Benjamini and Hochberg; verdicts rest on it" }),
    holmP: z.number().optional().meta({ description: "p after Holm" }),
    equivalence,
    verdict,
    shares: z.strictObject({ from: z.number(), to: z.number() }).optional(),
  })
  .meta({ id: "effect" });

const analysis = z.strictObject({
  cells: z.array(
    z.strictObject({
      ...series,
      level: count,
      throughput: quantity,
      response: quantity.optional(),
      trials: count,
      doubted: count,
    }),
  ),
  comparisons: z.array(comparison),
  failed: z.array(z.strictObject({ trial, problem })),
  margin: z.number(),
  warnings: z.array(text),
});

const machineSize = z.strictObject({ cpus: count, memoryBytes: count });

const allotment = z
  .strictObject({
    size: machineSize,
    measured: machineSize,
    pinnedTo: z.array(count).optional(),
    workloads: z.record(text, z.record(text, z.unknown())),
  })
  .meta({
    id: "allotment",
    description: "what the resources policy gave a level, and what that made of the workloads",
  });

const image = z
  .strictObject({ id: text, rootDiskSha256: text, packages: z.array(text) })
  .meta({ id: "image", description: "what every level boots, with the version of each package" });

const origin = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("made"),
    why: text.meta({ description: "why L0 is on this hardware" }),
    image,
  }),
  z.strictObject({
    kind: z.literal("given"),
    declared: z
      .array(z.strictObject({ architecture: text, hypervisors: z.array(text).optional() }))
      .meta({ description: "what the study says each level is; hypervisors innermost first" }),
    userland: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("installed") }),
      z.strictObject({ kind: z.literal("pushed"), image }),
    ]),
    replicate: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("session") }),
      z.strictObject({
        kind: z.literal("boot"),
        guests: z
          .array(z.strictObject({ level: count, answer: text }))
          .meta({ description: "what the z/VM below each guest answered" }),
      }),
    ]),
    notes: z.array(text),
  }),
  z.strictObject({
    kind: z.literal("imagined"),
    truth: z.strictObject({
      throughputAtL0: z.number(),
      kept: z.number(),
      betweenBoots: z.number(),
      withinBoots: z.number(),
      effects: z.array(z.strictObject({ key: text, value: text, level: count, leaves: z.number() })),
    }),
  }),
]);

const provenance = z
  .strictObject({
    label: text.optional().meta({ description: "what somebody called the run" }),
    program: z.strictObject({ dvirt: text, node: text }),
    origin: origin.meta({ description: "where the machines come from" }),
    allotments: z.array(allotment),
  })
  .meta({ id: "provenance", description: "what the run was made with and on" });

const study = z
  .looseObject({ name: text, title: text })
  .meta({ id: "study", description: "docs/study.md, with all defaults resolved" });

const hardwareKind = z.enum(["real", "emulated", "simulated"]);

const timingKind = z.enum(["wall", "counted", "functional"]).meta({
  id: "timing",
  description: "what its seconds are: of a clock, of counted instructions, or no figure at all",
});

const subject = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("run"),
    id: text,
    createdAt: z.iso.datetime(),
    study,
    seed: z.int(),
    planned: count,
    provenance,
    levels: z.array(
      z.strictObject({
        level: count,
        driver: text,
        facts: z.looseObject({ kernel: text, cpus: count, memoryBytes: count, imageId: text }),
        allotment,
        confinement: z
          .discriminatedUnion("kind", [
            z.strictObject({ kind: z.literal("confined"), cpus: count, cpuList: text, memoryBytes: count }),
            z.strictObject({ kind: z.literal("unconfined"), why: text }),
          ])
          .meta({ description: "what the machine said of the control group that was measured" })
          .optional(),
        pinning: text.meta({ description: "CPUs of the level below, by vCPU" }).optional(),
      }),
    ),
  }),
  z
    .strictObject({
      kind: z.literal("group"),
      id: text,
      createdAt: z.iso.datetime(),
      seed: z.int(),
      members: z.array(
        z.strictObject({
          platform: text,
          study,
          run: text.optional().meta({ description: "absent where it has not begun" }),
          hardware: hardwareKind.optional(),
          timing: timingKind.optional(),
        }),
      ),
    })
    .meta({ description: "one study on several platforms, each measured in a run of its own" }),
  z.strictObject({ kind: z.literal("reference"), id: text, citation: text }),
  z.strictObject({ kind: z.literal("comparison"), id: text, of: z.array(text) }),
]);

const trialRow = z.strictObject({
  trial,
  platform: text.optional().meta({ description: "in the report of a group" }),
  attempt: z.int().min(1),
  bringUp: z.int().min(1),
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  reading: z
    .strictObject({
      metrics: z.strictObject({ throughput: z.number(), response: z.number().optional() }),
      resolution: z
        .strictObject({ throughput: z.number().optional(), response: z.number().optional() })
        .optional()
        .meta({ description: "the least step in which the tool prints each, in its own unit" }),
      more: z.record(text, z.number()),
    })
    .optional(),
  problem: problem.optional(),
  kvm: z
    .array(z.strictObject({ level: count, counts: z.record(text, count) }))
    .meta({ description: "what KVM counted on the levels that hosted the trial, by its kernel's names" }),
  doubts: z
    .array(z.strictObject({ guard: text, sentence: text }))
    .meta({ description: "what guards doubt of it: docs/guards.md" }),
});

export const reportSchema = z
  .strictObject({
    format: z.literal("dvirt-report/2"),
    subject,
    title: text,
    hardware: z
      .union([hardwareKind, z.literal("mixed")])
      .meta({ description: "mixed: of a group whose members differ in it" }),
    timing: z
      .union([timingKind, z.literal("mixed")])
      .meta({ description: "mixed: of a group whose members differ in it" }),
    label: text.optional().meta({ description: "must stand wherever a figure of this report stands" }),
    overview: z
      .strictObject({ headline: text, figure: ratioFigure })
      .optional()
      .meta({ description: "one sentence and one picture of everything; absent where nothing is compared" }),
    answers: z.array(z.strictObject({ workload: text, sentence: text, figure: ratioFigure.optional() })),
    open: text.optional().meta({ description: "how many answers are open, and what would settle them" }),
    sections: z.array(section).meta({ description: "the whole report in reading order" }),
    analysis,
    effects: z.array(effect).optional().meta({ description: "of a study with factors" }),
    notes: z.array(text),
    trials: z.array(trialRow),
  })
  .meta({
    title: "dvirt report",
    description:
      "report.json: quantities are in base units, rates per second; an absent key means that there is no such value",
  });
