import { z } from "zod";
import { didYouMean } from "../base/nearest.ts";
import { optional } from "../base/optional.ts";
import { failed, ok, type Problem, problemsOf, problemText, type Result } from "../base/problem.ts";
import {
  formatBytes,
  latencyText,
  parseLatency,
  parsePercent,
  percentText,
  sizeText,
} from "../base/units.ts";
import type { Abilities } from "./abilities.ts";
import { CLOCKS, type ClockName } from "./clock.ts";
import { HYPERVISORS, type Hypervisor, hypervisorProblem } from "./hypervisors.ts";
import { type ImageAdditions, imageAdditionsSchema } from "./image-additions.ts";
import { issueProblems } from "./issue-problems.ts";
import { nominalSizes, type Sized } from "./level-sizes.ts";
import { plainIssue } from "./plain-issue.ts";
import { quantity } from "./quantity.ts";
import {
  MOST,
  type Repetitions,
  repetitionsDocument,
  repetitionsForms,
  repetitionsSchema,
} from "./repetitions.ts";
import {
  policyDocument,
  type ResourcesPolicy,
  resourcesForms,
  resourcesSchema,
  size,
} from "./resources-policy.ts";
import { settingProblems } from "./settings/check.ts";
import type { Assignments, Factors } from "./settings/condition.ts";
import { type KeyPaths, keyPaths } from "./study-keys.ts";
import { platformSources } from "./study-platforms.ts";
import { type Targets, targetProblems, targetsSchema } from "./targets.ts";
import type { Workload, WorkloadEntry, WorkloadKind } from "./workload.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

/** What somebody wants to know, with all defaults resolved: stored beside the results. */
export interface Study {
  readonly name: string;
  readonly title: string;
  readonly platform: string;
  readonly hardware: "auto" | "real" | "emulated";
  /** What its seconds are; absent where they are counted on a computer that QEMU emulates, and wall elsewhere. */
  readonly clock?: ClockName;
  /** The deepest level: 2 measures L0, L1 and L2. */
  readonly levels: number;
  /** What runs each guest, L1 first; absent where it is KVM for all of them. */
  readonly hypervisors?: readonly Hypervisor[];
  readonly repetitions: Repetitions;
  readonly resources: ResourcesPolicy;
  readonly scratch: z.infer<typeof scratch>;
  /** Relative: 0.02 calls ratios between 1/1.02 and 1.02 equivalent. */
  readonly margin: number;
  /** How machines are made, where not as usual. */
  readonly settings: Assignments;
  /** What is varied: every combination is measured in every boot. */
  readonly factors: Factors;
  readonly doubts: DoubtsPolicy;
  readonly workloads: readonly Workload[];
  /** Machines that are there already; absent where the platform makes its own. */
  readonly targets?: Targets | undefined;
  /** What the image has beside the usual; absent for nothing. */
  readonly image?: ImageAdditions;
}

/** What becomes of trials that a guard doubts; they are kept and marked in every case. */
export type DoubtsPolicy = z.infer<typeof doubts>;

/** The part of a study that is plain data, as it is stored and written to `study.yaml`. */
export type StudyData = Omit<Study, "workloads"> & {
  readonly workloads: readonly WorkloadData[];
};

/** A workload as it is stored: `kind` names what it is, `name` what the study calls it. */
export type WorkloadData = WorkloadEntry & { readonly kind: string };

/** The most that a study, or an option that overrides it, may ask for. */
export const LIMITS = { levels: 9, ...MOST, doubtRepeats: 5, seed: 2 ** 31 - 1 } as const;

/** What counts as equivalent where a study does not say. */
export const DEFAULT_MARGIN = 0.02;

/** A name is part of a run's, a trial's and a file's. */
const NAME_CHARACTERS = 64;

const TITLE_CHARACTERS = 300;

const named = (what: string) =>
  z
    .string()
    .max(NAME_CHARACTERS, `${what}'s name has at most ${NAME_CHARACTERS} characters`)
    .regex(/^[a-z0-9][a-z0-9-]*$/, `${what}'s name has lower-case letters, digits and dashes`);

const scratch = z
  .strictObject({
    size,
    /** QEMU's cache mode for the scratch disk of a guest, on real block devices below it. */
    cache: z.enum(["none", "writeback"]).default("none"),
    /** In counted time: what a read, a write or a flush of L0's disk takes. */
    latency: quantity(parseLatency, "no latency; write it like 5us or 1ms").exactOptional(),
  })
  .transform(({ size, cache, latency }) => ({
    sizeBytes: size,
    cache,
    ...optional({ latencySeconds: latency }),
  }))
  .readonly();

const doubts = z
  .strictObject({
    /** How often each is made again: the first attempt that nobody doubts speaks for the trial, else the last. */
    repeat: z.int().min(0).max(LIMITS.doubtRepeats).default(0),
    /** Whether those that stay doubted count in the headline figures. */
    headline: z.enum(["keep", "leave-out"]).default("keep"),
  })
  .readonly();

const studySchema = z.strictObject({
  study: named("a study"),
  title: z.string().min(1).max(TITLE_CHARACTERS, `a title has at most ${TITLE_CHARACTERS} characters`),
  platform: z.string(),
  hardware: z.enum(["auto", "real", "emulated"]).default("auto"),
  clock: z.enum(CLOCKS).exactOptional(),
  levels: z.int().min(0).max(LIMITS.levels).default(2),
  hypervisors: z.array(z.enum(HYPERVISORS)).exactOptional(),
  repetitions: repetitionsSchema,
  resources: resourcesSchema,
  scratch,
  margin: quantity((text) => parsePercent(text), "no margin; write it like 2%").default(DEFAULT_MARGIN),
  settings: z.record(z.string(), z.string()).default({}),
  factors: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  doubts: doubts.prefault({}),
  targets: targetsSchema,
  image: imageAdditionsSchema.exactOptional(),
  workloads: z.array(z.looseObject({ name: z.string(), as: named("a workload").exactOptional() })).min(1),
});

/** Every key of a study but a workload's parameters. */
function studyKeys(): KeyPaths {
  const forms = { ...studySchema.shape, repetitions: repetitionsForms, resources: resourcesForms };
  return [...keyPaths(z.object(forms)), ["platforms"], ["platforms", "name"]];
}

/** What a study may name: the registries of the program, or of a test. */
export interface Vocabulary {
  readonly workloads: readonly WorkloadKind[];
  readonly platforms: readonly Abilities[];
}

/**
 * The study of each platform that YAML text names, in its order. Problems name the file and line, what was found,
 * and what is allowed.
 */
export function parseStudies(text: string, file: string, vocabulary: Vocabulary): Result<readonly Study[]> {
  const source = readYaml(text, file);
  if (!source.ok) return source;
  const sources = platformSources(source.value);
  if (!sources.ok) return sources;
  const parsed = sources.value.map((one) => studyFrom(one, one.levels, vocabulary));
  // What is wrong with the whole study is wrong with it on every platform.
  const problems = new Map(
    parsed
      .flatMap((one) => (one.ok ? [] : one.problems))
      .map((problem): [string, Problem] => [problemText(problem), problem]),
  );
  return problems.size > 0
    ? failed(...problems.values())
    : ok(parsed.flatMap((one) => (one.ok ? [one.value] : [])));
}

/** A study from text that names one platform. */
export function parseStudy(text: string, file: string, vocabulary: Vocabulary): Result<Study> {
  const parsed = parseStudies(text, file, vocabulary);
  return parsed.ok ? onlyStudy(parsed.value, file) : parsed;
}

/** For what is done on one platform. */
export function onlyStudy(studies: readonly Study[], at: string): Result<Study> {
  const [study, another] = studies;
  if (study !== undefined && another === undefined) return ok(study);
  return failed({
    code: "several-platforms",
    at,
    what: `the study is on ${studies.map(({ platform }) => platform).join(" and ")}, and one platform is needed here`,
    hint: "a study with platform: NAME",
  });
}

function studyFrom(
  source: YamlSource,
  depth: "its own" | "of all platforms",
  vocabulary: Vocabulary,
): Result<Study> {
  const parsed = studySchema.safeParse(source.data, { error: plainIssue });
  if (!parsed.success) return failed(...issueProblems(parsed.error.issues, [], source, studyKeys));
  const { study, ...asked } = parsed.data;
  const platform = vocabulary.platforms.find(({ name }) => name === asked.platform);
  const deepest = depth === "its own" ? undefined : platform?.limits?.deepest;
  const given = { ...asked, levels: Math.min(asked.levels, deepest ?? asked.levels) };
  const { placeOf, placeOfKey } = source;
  const settingAt = (part: string, key?: string, at?: number) => {
    if (key === undefined) return placeOf([part]);
    return at === undefined ? placeOfKey([part], key) : placeOf([part, key, at]);
  };
  const unknown: Problem = {
    code: "unknown-platform",
    at: placeOf(["platform"]),
    what: `platform ${JSON.stringify(given.platform)} is not known`,
    hint: oneOf(given.platform, vocabulary.platforms),
  };
  const problems = [
    ...problemsOf(
      platform === undefined ? unknown : undefined,
      hypervisorProblem(given, placeOf(["hypervisors"])),
      settingProblems(given, settingAt),
      platform && targetProblems(given, platform.machines, placeOf),
    ),
  ];
  const workloads = resolveWorkloads(given, vocabulary.workloads, source, problems);
  for (const workload of workloads) {
    const needed = dataDiskBytes(workload);
    if (given.scratch.sizeBytes >= needed) continue;
    problems.push({
      code: "scratch-too-small",
      at: placeOf(["scratch", "size"]),
      what: `workload ${workload.name} needs a scratch disk of ${formatBytes(needed)}, the study gives ${formatBytes(given.scratch.sizeBytes)}`,
      hint: `size: ${Math.ceil(needed / 2 ** 20)}MiB`,
    });
  }
  if (problems.length > 0) return failed(...problems);
  return ok({ ...given, name: study, workloads });
}

function oneOf(given: string, all: readonly { readonly name: string }[]): string {
  const names = all.map(({ name }) => name);
  return `${didYouMean(given, names)}one of: ${names.join(", ")}`;
}

function resolveWorkloads(
  study: Sized & { readonly workloads: readonly { readonly name: string; readonly as?: string }[] },
  kinds: readonly WorkloadKind[],
  source: YamlSource,
  problems: Problem[],
): readonly Workload[] {
  const workloads: Workload[] = [];
  const sizes = nominalSizes(study);
  for (const [index, { name: kindName, as: name = kindName, ...params }] of study.workloads.entries()) {
    const kind = kinds.find((candidate) => candidate.name === kindName);
    if (kind === undefined) {
      problems.push({
        code: "unknown-workload",
        at: source.placeOf(["workloads", index, "name"]),
        what: `workload ${JSON.stringify(kindName)} is not known`,
        hint: oneOf(kindName, kinds),
      });
      continue;
    }
    if (workloads.some((other) => other.name === name)) {
      problems.push({
        code: "workload-twice",
        at: source.placeOf(["workloads", index]),
        what: `two workloads are called ${name}`,
        hint: `a name of its own for one of them, such as as: ${name}-2; more trials of one are made by repetitions`,
      });
      continue;
    }
    const resolved = kind.resolve({ name, params }, sizes);
    if (!resolved.ok) {
      const keys = () => [...studyKeys(), ...kind.parameters().map(({ name }) => ["workloads", name])];
      problems.push(...issueProblems(resolved.issues, ["workloads", index], source, keys));
      continue;
    }
    const { workload } = resolved;
    const other = workloads.find((one) => one.dataSet !== undefined && dataSetsDiffer(one, workload));
    workloads.push(workload);
    if (other === undefined) continue;
    problems.push({
      code: "data-sets-differ",
      at: source.placeOf(["workloads", index]),
      what: `${name} would work on another data set than ${other.name}, and a study has one`,
      hint: `the same tables, rows and logFile for both, or a study for each`,
    });
  }
  return workloads;
}

function dataSetsDiffer(one: Workload, other: Workload): boolean {
  return other.dataSet !== undefined && JSON.stringify(one.dataSet) !== JSON.stringify(other.dataSet);
}

/** Bytes of the disk that holds a workload's data set: the server's own files, its log, and 300 bytes a row. */
export function dataDiskBytes(workload: Workload): number {
  if (workload.dataSet === undefined) return 0;
  const rows = workload.dataSet.tables * workload.dataSet.rows;
  // sysbench's row with its index takes about 230 bytes in InnoDB; an empty server without its log takes 30 MiB.
  return (56 + Math.ceil((rows * 300 + workload.dataSet.logBytes) / 2 ** 20)) * 2 ** 20;
}

export function studyData({ workloads, ...study }: Study): StudyData {
  return {
    ...study,
    workloads: workloads.map(({ name, kind, params }) => ({ name, kind: kind.name, params })),
  };
}

/** A study as the YAML file that gives it again: the schema's own keys, sizes as text. */
export function studyDocument(data: StudyData): Readonly<Record<string, unknown>> {
  const { name, resources, scratch, margin, doubts, settings, factors, repetitions, workloads, ...rest } =
    data;
  return {
    study: name,
    ...rest,
    workloads: workloads.map((one) => ({
      ...one.params,
      name: one.kind,
      ...(one.name === one.kind ? {} : { as: one.name }),
    })),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(Object.keys(factors).length === 0 ? {} : { factors }),
    repetitions: repetitionsDocument(repetitions),
    resources: policyDocument(resources),
    scratch: {
      size: sizeText(scratch.sizeBytes),
      cache: scratch.cache,
      ...(scratch.latencySeconds === undefined ? {} : { latency: latencyText(scratch.latencySeconds) }),
    },
    margin: percentText(margin),
    doubts,
  };
}

/** A study back from what was stored; undefined where this version cannot read it. */
export function studyFromData(data: StudyData, kinds: readonly WorkloadKind[]): Study | undefined {
  const workloads: Workload[] = [];
  for (const entry of data.workloads) {
    const resolved = kinds.find(({ name }) => name === entry.kind)?.resolve(entry, nominalSizes(data));
    if (resolved?.ok !== true) return undefined;
    workloads.push(resolved.workload);
  }
  return { ...data, workloads };
}
