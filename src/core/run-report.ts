import { stringify } from "yaml";
import { ALLOTMENTS } from "./allotment.ts";
import type { Analysis, Cell } from "./analysis.ts";
import { answersOf } from "./answers.ts";
import { type Attribution, attributionSection } from "./attribution.ts";
import { columnChoice, comparisonTable, methodsTable } from "./comparison-tables.ts";
import { type Block, figures, type Section, type Table, table, words } from "./document.ts";
import { type DoubtSummary, doubtsText } from "./doubts.ts";
import { effectsOf } from "./effects.ts";
import { effectAnswers, effectSection } from "./effects-report.ts";
import { FACT_NAMES, FACTS, factText, type MachineFacts } from "./facts.ts";
import { type StackFigure, stackText, type TimelineFigure, type TimelineSpan } from "./figure.ts";
import { percent } from "./figure-text.ts";
import { type ProbeCost, type PublishedCost, probeSection } from "./probe-report.ts";
import type { Repetitions } from "./repetitions.ts";
import {
  type Answer,
  type Ground,
  type LevelFacts,
  labelled,
  labelOf,
  type Report,
  type Subject,
  type TrialRow,
} from "./report.ts";
import { ratioFigure, resultFigure } from "./report-figures.ts";
import { measuredCpus, resourcesTable, workloadTable } from "./resources-table.ts";
import { keyTable, perCpuTable, resultTable, spreadTable } from "./result-tables.ts";
import { assignmentsText, type Condition, conditionsOf } from "./settings/condition.ts";
import type { BootSeconds, StopReason } from "./stopping.ts";
import { stoppingSection } from "./stopping-report.ts";
import { type StudyData, studyDocument } from "./study.ts";
import { formatBytes, formatDuration, significant } from "./units.ts";

/** What a run left, gathered: everything but the single trials, which are read when asked for. */
export interface RunEvidence extends Ground {
  readonly subject: Extract<Subject, { kind: "run" }>;
  readonly analysis: Analysis;
  readonly bringUps: readonly BringUp[];
  readonly nestedEntries: readonly NestedEntries[];
  /** None where no level's KVM could be read. */
  readonly attributions: readonly Attribution[];
  /** None where no probe was measured. */
  readonly probeCosts: readonly ProbeCost[];
  /** What publications state of the same. */
  readonly publishedCosts: readonly PublishedCost[];
  /** Why measuring ended, by workload; absent while it goes on, and where the number of boots was fixed. */
  readonly stopped?: ReadonlyMap<string, StopReason>;
  readonly bootSeconds: ReadonlyMap<number, BootSeconds>;
  /** The course of trials that reported while they ran; none where no trial did. */
  readonly courses: readonly Course[];
  /** The first trials of the run, as many as a picture can show. */
  readonly spans: readonly TimelineSpan[];
  readonly trials: Iterable<TrialRow>;
  readonly doubts: DoubtSummary;
  /** Sentences beside the analysis's own warnings. */
  readonly notes: readonly string[];
}

export interface BringUp {
  readonly boot: number;
  readonly condition?: number;
  readonly bringUp: number;
  /** Seconds from each machine's launch to its first command answered; measuring in between is not in it. */
  readonly readySeconds: readonly { readonly level: number; readonly seconds: number }[];
}

/** Entries into guests of guests that KVM at `host` counted during the trials of one workload at one level. */
export interface NestedEntries {
  readonly workload: string;
  readonly level: number;
  readonly host: number;
  readonly least: number;
  readonly most: number;
}

/** How steady the trials of one workload at one level were, from what they reported while they ran. */
export interface Course {
  readonly workload: string;
  readonly level: number;
  readonly trials: number;
  readonly intervals: number;
  /** Mean over the trials; undefined where they were too short to tell. */
  readonly lag1: number | undefined;
  /** Mean share of a trial's intervals that count as independent. */
  readonly effectiveShare: number | undefined;
  /** Trials long enough to look for a warm-up, and those in which one was shown. */
  readonly examined: number;
  readonly warmUps: number;
}

export type RunReport = Report & Pick<RunEvidence, "subject" | keyof Ground>;

/** A run as a report. */
export function runReport(run: RunEvidence): RunReport {
  const { subject, analysis, hardware, timing } = run;
  const label = labelOf(run);
  const names = subject.study.workloads.map(({ name }) => name);
  const conditions = conditionsOf(subject.study);
  const { effects, warnings } = effectsOf(analysis, subject.study.factors ?? {});
  const answers = [
    ...effectAnswers(effects, analysis.margin, label),
    ...names.flatMap((name) => workloadAnswers(name, run, label)),
  ];
  const varied = effectSection(conditions, effects);
  const notes = [...analysis.warnings, ...warnings, ...conditionNote(conditions, run), ...run.notes];
  return {
    subject,
    title: subject.study.title,
    hardware,
    timing,
    ...labelled(label),
    answers,
    sections: [
      answerSection(answers),
      ...(varied === undefined ? [] : [varied]),
      resultSection(run, label),
      comparisonSection(analysis),
      ...stoppingSections(run),
      ...probeSections(run),
      ...attributionSections(run),
      machineSection(run, label),
      methodSection(subject),
      evidenceSection(run, label),
      noteSection(notes, run),
      againSection(subject),
    ],
    analysis,
    ...(varied === undefined ? {} : { effects }),
    trials: run.trials,
    notes,
  };
}

/** The table of levels is of one condition: what the others' machines are is what the factors say. */
function conditionNote(
  conditions: readonly Condition[],
  { subject, bringUps }: RunEvidence,
): readonly string[] {
  const lowest = Math.min(...bringUps.map(({ condition }) => condition ?? 1));
  const first = conditions.find(({ index }) => index === lowest);
  return first === undefined || subject.levels.length === 0
    ? []
    : [
        `the machines are shown as they are under ${first.name}; under the others they differ by their factors`,
      ];
}

function workloadAnswers(
  name: string,
  { analysis, subject }: RunEvidence,
  label: string | undefined,
): readonly Answer[] {
  const own = analysis.comparisons.filter((one) => one.workload === name && one.metric === "throughput");
  const title = `What each layer leaves of ${name}`;
  const figure =
    own.length === 0 ? undefined : ratioFigure(`${name}-ratios`, title, own, analysis.margin, label);
  return answersOf(name, analysis.comparisons, figure, (_, level) => cpusUsed(subject, name, level), "one");
}

/** The conclusion: each workload's sentences, and its picture with them. */
export function answerSection(answers: readonly Answer[]): Section {
  const workloads = [...new Set(answers.map(({ workload }) => workload))];
  return {
    id: "answers",
    title: "Answers",
    blocks: workloads.flatMap((workload): Block[] => {
      const own = answers.filter((one) => one.workload === workload);
      return [
        { kind: "items", items: own.map(({ sentence }) => sentence) },
        ...own.flatMap(({ figure }): Block[] => (figure === undefined ? [] : [{ kind: "figure", figure }])),
      ];
    }),
  };
}

function resultSection({ subject, analysis, courses }: RunEvidence, label: string | undefined): Section {
  const policy = subject.study.resources.policy;
  const blocks = subject.study.workloads.flatMap(({ name }): Block[] => {
    const cells = analysis.cells.filter((cell) => cell.workload === name);
    if (cells.length === 0) return [];
    const title = `${name}, resources ${policy}`;
    const conditions = [...new Set(cells.map(({ condition }) => condition))];
    return [
      ...conditions.map((condition, at): Block => {
        const own = cells.filter((cell) => cell.condition === condition);
        const [id, under] = condition === undefined ? [name, ""] : [`${name}-c${at + 1}`, `, ${condition}`];
        return {
          kind: "table",
          table: resultTable(`${id}-results`, `${name}${under}, resources ${policy}`, own),
        };
      }),
      {
        kind: "figure",
        figure: resultFigure(`${name}-results`, title, cells, ["throughput", "response"], label),
      },
    ];
  });
  const cpusOf = (cell: Cell) => cpusUsed(subject, cell.workload, cell.level);
  return {
    id: "results",
    title: "Results",
    blocks: [
      ...blocks,
      ...tableBlocks(
        perCpuTable("per-cpu", analysis.cells, cpusOf),
        spreadTable(analysis.cells),
        courseTable(courses),
      ),
    ],
  };
}

function courseTable(courses: readonly Course[]): Table | undefined {
  if (courses.length === 0) return undefined;
  const columns = [
    words("workload"),
    words("D_virt"),
    figures("trials"),
    figures("intervals"),
    figures("lag-1 autocorrelation"),
    figures("effective share"),
    figures("warm-up shown"),
  ];
  const rows = courses.map((one) => [
    one.workload,
    `L${one.level}`,
    String(one.trials),
    String(one.intervals),
    one.lag1 === undefined ? "--" : significant(one.lag1, 2),
    percent(one.effectiveShare, "plain"),
    one.examined === 0 ? "--" : `${one.warmUps} of ${one.examined}`,
  ]);
  return table("course", "The course of throughput within trials", columns, rows, [
    "From the reports of each trial while it ran. A warm-up is a shift of the mean found by change point in trials of 20 intervals or more; it is reported and nothing is cut off.",
  ]);
}

/** CPUs that a workload can use at a level: no more than it has threads; undefined where either is not known. */
export function cpusUsed(
  { levels, study }: RunEvidence["subject"],
  workload: string,
  level: number,
): number | undefined {
  const own = levels.find((one) => one.level === level);
  const threads =
    own?.allotment?.workloads[workload]?.["threads"] ??
    study.workloads.find(({ name }) => name === workload)?.["threads"];
  return own === undefined || typeof threads !== "number" ? undefined : Math.min(measuredCpus(own), threads);
}

function stoppingSections({ subject, analysis, stopped, bootSeconds }: RunEvidence): readonly Section[] {
  const section = stoppingSection(subject.study, analysis, stopped, bootSeconds);
  return section === undefined ? [] : [section];
}

function probeSections({ probeCosts, publishedCosts }: RunEvidence): readonly Section[] {
  const section = probeSection(probeCosts, publishedCosts);
  return section === undefined ? [] : [section];
}

function attributionSections({ attributions, analysis }: RunEvidence): readonly Section[] {
  const section = attributionSection(attributions, analysis);
  return section === undefined ? [] : [section];
}

/** Levels against levels, with everything that decides a verdict. */
export function comparisonSection(analysis: Analysis): Section {
  const choice = columnChoice(analysis.cells);
  return {
    id: "comparisons",
    title: "What each layer costs, with its uncertainty",
    blocks: (["throughput", "response"] as const).flatMap((metric) =>
      tableBlocks(
        comparisonTable(metric, analysis.comparisons, choice),
        methodsTable(metric, analysis.comparisons, choice),
      ),
    ),
  };
}

export function tableBlocks(...tables: readonly (Table | undefined)[]): readonly Block[] {
  return tables.flatMap((one): Block[] => (one === undefined ? [] : [{ kind: "table", table: one }]));
}

function machineSection(run: RunEvidence, label: string | undefined): Section {
  const figure = stackFigure(run, label);
  return {
    id: "machines",
    title: "Machines",
    blocks: [
      ...(figure === undefined ? [] : [{ kind: "figure", figure } as const]),
      ...tableBlocks(
        resourcesTable(run.subject.levels),
        inventoryTable(run.subject.levels),
        manifestTable(run.subject.record),
      ),
    ],
  };
}

/** What emulates the computer below L0, by the driver that started it; QEMU where it is not named here. */
const EMULATORS: Readonly<Record<string, string>> = { bochs: "Bochs" };

/** What of a machine runs the guest that a driver started. */
function hostText(facts: MachineFacts, driver: string | undefined): string {
  if (driver === "xen") return "Xen, with Linux as its domain 0";
  return `Linux with ${driver === "qemu-tcg" ? "QEMU's TCG" : (facts.kvm?.module ?? "a hypervisor")}`;
}

/** The study's figure 1: per measured level, what it stands on. */
function stackFigure({ subject, hardware }: RunEvidence, label: string | undefined): StackFigure | undefined {
  const { levels } = subject;
  const ground = levels.find(({ level }) => level === 0);
  if (ground === undefined) return undefined;
  const base =
    hardware === "emulated"
      ? {
          name: "emulated computer",
          detail: `${EMULATORS[ground.driver] ?? "QEMU TCG"}: ${ground.facts.cpuModel}`,
        }
      : { name: "hardware", detail: ground.facts.cpuModel };
  const stacks = levels.map(({ level }) => ({
    title: `L${level}`,
    layers: [
      base,
      ...levels
        .filter((one) => one.level <= level)
        .map((one) => ({
          name:
            one.level === level
              ? `L${one.level}: Linux with the workload`
              : `L${one.level}: ${hostText(one.facts, levels.find(({ level: guest }) => guest === one.level + 1)?.driver)}`,
          detail: `${one.facts.cpus} CPUs, ${formatBytes(one.facts.memoryBytes)}, kernel ${one.facts.kernel}`,
        })),
    ],
  }));
  return {
    kind: "stacks",
    id: "stack",
    title: `What runs on what (${subject.study.platform})`,
    alt: stackText(stacks),
    ...labelled(label),
    stacks,
  };
}

/** What each level was, as its own machine said: the study's tables 1 and 2. */
export function inventoryTable(levels: readonly LevelFacts[]): Table {
  // What no level could say is no row.
  const shown = FACT_NAMES.filter((name) => levels.some(({ facts }) => factText(name, facts) !== ""));
  return table(
    "levels",
    "Hardware and software of each level, as its machine reported it",
    [words(""), ...levels.map(({ level, driver }) => words(`L${level} (${driver})`))],
    shown.map((name) => [FACTS[name].title, ...levels.map(({ facts }) => factText(name, facts) || "--")]),
  );
}

/** The key of a run's record for what its platform wants to be known: a sentence on each line, each a note. */
export const NOTES = "notes";

/** What the run was made with, but the long list of packages and what stands elsewhere. */
function manifestTable(record: Readonly<Record<string, string>>): Table {
  return table(
    "made-with",
    "Made with",
    [words(""), words("version or hash")],
    Object.entries(record)
      .filter(([name]) => !["packages", ALLOTMENTS, NOTES].includes(name))
      .map(([name, value]) => [name, value]),
  );
}

function methodSection({ study, seed, levels, record }: RunEvidence["subject"]): Section {
  return {
    id: "method",
    title: "Method",
    blocks: [
      {
        kind: "paragraph",
        text: `${bootsText(study.repetitions)}: ${replicateText(record)} In each the workloads run on the way up the stack and, mirrored, on the way down, so that a linear drift of the host cancels between levels; their order is drawn anew for each boot from seed ${seed}. ${runsText(study.repetitions)} per workload, level and direction are averaged within their boot before they count.`,
      },
      {
        kind: "paragraph",
        text: `A ratio is of geometric means over boots, with Student's 95% interval on the logarithms of the ratios within boots. A verdict is slower or faster only where the interval excludes 1 and the p-value, adjusted over all comparisons of its table, is at most 5%; equivalent where two one-sided tests place the ratio inside the margin; otherwise inconclusive, with the reason. ${headlineText(study)}`,
      },
      ...factorParagraph(study),
      ...tableBlocks(workloadTable(study, levels), keyTable()),
    ],
  };
}

/** The key of a run's record that says `session` where a boot brings nothing up. */
export const REPLICATE = "replicate";

function replicateText(record: Readonly<Record<string, string>>): string {
  return record[REPLICATE] === "session"
    ? "each is a session with machines that stay up, connected to anew, and is one replicate."
    : "each brings up a fresh stack and is one replicate.";
}

function bootsText(repetitions: Repetitions): string {
  if (repetitions.kind === "fixed") return `${repetitions.boots} boots`;
  const { boots, ratioHalfWidth, budgetSeconds } = repetitions;
  const budget = budgetSeconds === undefined ? "" : ` or until ${formatDuration(budgetSeconds)} are spent`;
  return `${boots.minimum} to ${boots.maximum} boots, until each headline ratio's interval reaches ${percent(ratioHalfWidth, "plain")} to either side in two boots running${budget}`;
}

function runsText(repetitions: Repetitions): string {
  if (repetitions.kind === "fixed") return `${repetitions.runs} trial(s)`;
  return `One trial, and after the first ${repetitions.boots.minimum} boots up to ${repetitions.runs.maximum} where they buy width,`;
}

function factorParagraph(study: StudyData): readonly Block[] {
  const { length } = conditionsOf(study);
  const fixed = assignmentsText(study.settings ?? {});
  const text = [
    ...(fixed === "" ? [] : [`Machines are made with ${fixed}.`]),
    ...(length === 0
      ? []
      : [
          `Each boot is a block of ${length} conditions, all combinations of the factors' values; each condition is brought up afresh and measured up and down the stack, in an order drawn for each boot. An effect is a ratio within boots of geometric means over the other factors' values.`,
        ]),
  ];
  return text.length === 0 ? [] : [{ kind: "paragraph", text: text.join(" ") }];
}

function evidenceSection(run: RunEvidence, label: string | undefined): Section {
  const figure = timelineFigure(run, label);
  return {
    id: "evidence",
    title: "Evidence",
    blocks: [
      ...(figure === undefined ? [] : [{ kind: "figure", figure } as const]),
      ...tableBlocks(timelineTable(run.subject.levels, run.bringUps), depthTable(run.nestedEntries)),
    ],
  };
}

function timelineFigure({ spans }: RunEvidence, label: string | undefined): TimelineFigure | undefined {
  const last = spans.at(-1);
  if (last === undefined) return undefined;
  const boots = new Set(spans.map((span) => span.boot)).size;
  return {
    kind: "timeline",
    id: "timeline",
    title: "Which trial ran when",
    alt: `${spans.length} trials of ${boots} boot(s) over ${formatDuration(last.toSeconds)}, ${spans.filter((span) => span.failed).length} of them failed.`,
    ...labelled(label),
    spans,
  };
}

/** How long each bring-up took to the first command answered, by level and in sum. */
export function timelineTable(levels: readonly LevelFacts[], bringUps: readonly BringUp[]): Table {
  const varied = bringUps.some(({ condition }) => condition !== undefined);
  return table(
    "bring-ups",
    "From launch to a command answered",
    [
      words("bring-up"),
      figures("boot"),
      ...(varied ? [words("condition")] : []),
      ...levels.map(({ level }) => figures(`L${level}`)),
      figures("whole stack"),
    ],
    bringUps.map((one) => [
      String(one.bringUp),
      String(one.boot),
      ...(varied ? [`c${one.condition}`] : []),
      ...levels.map(({ level }) => {
        const found = one.readySeconds.find((entry) => entry.level === level);
        return found === undefined ? "--" : `${found.seconds.toFixed(1)} s`;
      }),
      `${one.readySeconds.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s`,
    ]),
  );
}

/** Evidence that the levels are what they are called: nested entries counted while a level worked. */
export function depthTable(entries: readonly NestedEntries[]): Table | undefined {
  if (entries.length === 0) return undefined;
  return table(
    "depth",
    "Entries into guests of guests, counted by KVM during a trial",
    [words("workload"), words("measured"), words("counted at"), figures("least"), figures("most")],
    entries.map((one) => [
      one.workload,
      `L${one.level}`,
      `L${one.host}`,
      String(one.least),
      String(one.most),
    ]),
  );
}

function noteSection(notes: readonly string[], { analysis, doubts }: RunEvidence): Section {
  return {
    id: "notes",
    title: "Doubts and notes",
    blocks: [
      {
        kind: "items",
        items: [
          ...notes,
          ...analysis.failed.map(({ trial, problem }) => `failed: ${trial.id}: ${problem.what}`),
          ...doubtItems(doubts),
        ],
      },
      ...tableBlocks(guardTable(doubts)),
    ],
  };
}

/** Doubted trials by name, as far as they are listed, and the count of the rest. */
function doubtItems({ named, doubted }: DoubtSummary): readonly string[] {
  const rest = doubted - named.length;
  return [
    ...named.map(({ trial, doubts }) => `doubted: ${trial.id}: ${doubtsText(doubts)}`),
    ...(rest > 0 ? [`doubted too: ${rest} more trial(s); trials.csv has them all`] : []),
  ];
}

/** What each guard said of the measured trials. */
function guardTable({ tallies, measured }: DoubtSummary): Table | undefined {
  if (measured === 0) return undefined;
  return table(
    "guards",
    "Guards: which trials to believe",
    [words("guard"), figures("fine"), figures("doubted"), figures("unknown"), words("such as")],
    tallies.map((one) => [
      one.guard,
      String(one.fine),
      String(one.doubted),
      String(one.unknown),
      one.example ?? "--",
    ]),
    [
      "Unknown: what the guard needs could not be read, or the trial was too short to tell. docs/guards.md says what each guard checks.",
    ],
  );
}

function headlineText({ doubts }: StudyData): string {
  return doubts?.headline === "leave-out"
    ? "Every trial that could be read is in the figures, except those that a guard doubts."
    : "Every trial that could be read is in the figures, also where a guard doubts it.";
}

function againSection({ study, seed, id, createdAt, record }: RunEvidence["subject"]): Section {
  const packages = record["packages"];
  return {
    id: "again",
    title: "To run it again",
    blocks: [
      {
        kind: "paragraph",
        text: `Run ${id} of ${createdAt}. The study below in a file, and: dvirt run FILE --seed ${seed}`,
      },
      { kind: "listing", title: "study.yaml", text: stringify(studyDocument(study)) },
      ...(packages === undefined
        ? []
        : [{ kind: "listing", title: "Packages in the image", text: packages } as const]),
    ],
  };
}
