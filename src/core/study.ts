import { z } from "zod";
import { HYPERVISORS, type Hypervisor, hypervisorProblems } from "./hypervisors.ts";
import { nominalSizes, type Sized } from "./level-sizes.ts";
import { failed, ok, type Problem, problemText, type Result } from "./problem.ts";
import { MOST, type Repetitions, repetitionsDocument, repetitionsSchema } from "./repetitions.ts";
import { policyDocument, type ResourcesPolicy, resourcesSchema, size } from "./resources-policy.ts";
import { settingProblems } from "./settings/check.ts";
import type { Assignments, Factors } from "./settings/condition.ts";
import { platformSources } from "./study-platforms.ts";
import { type Targets, targetProblems, targetsSchema } from "./targets.ts";
import { formatBytes, sizeText } from "./units.ts";
import { sizeIssues, type Workload, type WorkloadKind } from "./workload.ts";
import { type Path, readYaml, type YamlSource } from "./yaml-source.ts";

/** What somebody wants to know, with all defaults resolved: stored beside the results. */
export interface Study {
  readonly name: string;
  readonly title: string;
  readonly platform: string;
  readonly hardware: HardwareChoice;
  /** The deepest level: 2 measures L0, L1 and L2. */
  readonly levels: number;
  /** What runs each guest, L1 first; absent where it is KVM for all of them. */
  readonly hypervisors?: readonly Hypervisor[];
  readonly repetitions: Repetitions;
  readonly resources: ResourcesPolicy;
  readonly scratch: ScratchPolicy;
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
}

/** What becomes of trials that a guard doubts; they are kept and marked in every case. */
export interface DoubtsPolicy {
  /** How often each is made again: the first attempt that nobody doubts speaks for the trial, else the last. */
  readonly repeat: number;
  /** Whether those that stay doubted count in the headline figures. */
  readonly headline: "keep" | "leave-out";
}

export type HardwareChoice = "auto" | "real" | "emulated";

export interface ScratchPolicy {
  readonly sizeBytes: number;
  /** QEMU's cache mode for the scratch disk of a guest, on real block devices below it. */
  readonly cache: "none" | "writeback";
}

/** The part of a study that is plain data, as it is stored and written to `study.yaml`. */
export type StudyData = Omit<Study, "workloads" | "margin" | "settings" | "factors" | "doubts"> & {
  /** Absent in runs that are older than the key. */
  readonly margin?: number;
  /** Absent where there are none. */
  readonly settings?: Assignments;
  readonly factors?: Factors;
  /** Absent in runs that are older than the key. */
  readonly doubts?: DoubtsPolicy;
  readonly workloads: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
};

/** The most that a study, or an option that overrides it, may ask for. */
export const LIMITS = { levels: 9, ...MOST, doubtRepeats: 5, seed: 2 ** 31 - 1 } as const;

/** What counts as equivalent where a study does not say. */
export const DEFAULT_MARGIN = 0.02;

/** What becomes of doubted trials where a study does not say. */
export const DEFAULT_DOUBTS: DoubtsPolicy = { repeat: 0, headline: "keep" };

/** `2%` as 0.02. */
const percentage = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = match === null ? 0 : Number(match[1]) / 100;
  if (value > 0 && value < 1) return value;
  context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is no margin; write it like 2%` });
  return z.NEVER;
});

const studySchema = z.strictObject({
  study: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "a study's name has lower-case letters, digits and dashes"),
  title: z.string().min(1),
  platform: z.string(),
  hardware: z.enum(["auto", "real", "emulated"]).default("auto"),
  levels: z.int().min(0).max(LIMITS.levels).default(2),
  hypervisors: z.array(z.enum(HYPERVISORS)).exactOptional(),
  repetitions: repetitionsSchema,
  resources: resourcesSchema,
  scratch: z
    .strictObject({ size: size, cache: z.enum(["none", "writeback"]).default("none") })
    .transform((given): ScratchPolicy => ({ sizeBytes: given.size, cache: given.cache })),
  margin: percentage.default(DEFAULT_MARGIN),
  settings: z.record(z.string(), z.string()).default({}),
  factors: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  doubts: z
    .strictObject({
      repeat: z.int().min(0).max(LIMITS.doubtRepeats).default(DEFAULT_DOUBTS.repeat),
      headline: z.enum(["keep", "leave-out"]).default(DEFAULT_DOUBTS.headline),
    })
    .default(DEFAULT_DOUBTS),
  targets: targetsSchema,
  workloads: z.array(z.looseObject({ name: z.string() })).min(1),
});

/** What a study may name: the registries of the program, or of a test. */
export interface Vocabulary {
  readonly workloads: readonly WorkloadKind[];
  readonly platforms: readonly string[];
  /** The deepest level of a platform, where it has a limit. */
  readonly deepest?: Readonly<Record<string, number>>;
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

/** The same of text that names one platform. */
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
  const parsed = studySchema.safeParse(source.data);
  if (!parsed.success) return failed(...issueProblems(parsed.error.issues, [], source));
  const { study, ...asked } = parsed.data;
  const deepest = depth === "its own" ? undefined : vocabulary.deepest?.[asked.platform];
  const given = { ...asked, levels: Math.min(asked.levels, deepest ?? asked.levels) };
  const problems: Problem[] = [];
  if (!vocabulary.platforms.includes(given.platform)) {
    problems.push({
      code: "unknown-platform",
      at: source.placeOf(["platform"]),
      what: `platform ${JSON.stringify(given.platform)} is not known`,
      hint: `one of: ${vocabulary.platforms.join(", ")}`,
    });
  }
  const { placeOf, placeOfKey } = source;
  problems.push(...hypervisorProblems(given, placeOf(["hypervisors"])));
  problems.push(
    ...settingProblems(given, (part, key, at) => {
      if (key === undefined) return placeOf([part]);
      return at === undefined ? placeOfKey([part], key) : placeOf([part, key, at]);
    }),
  );
  problems.push(...targetProblems(given, placeOf));
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

function resolveWorkloads(
  study: Sized & { readonly workloads: readonly { readonly name: string }[] },
  kinds: readonly WorkloadKind[],
  source: YamlSource,
  problems: Problem[],
): readonly Workload[] {
  const workloads: Workload[] = [];
  const sizes = nominalSizes(study);
  for (const [index, { name, ...params }] of study.workloads.entries()) {
    const kind = kinds.find((candidate) => candidate.name === name);
    if (kind === undefined) {
      problems.push({
        code: "unknown-workload",
        at: source.placeOf(["workloads", index, "name"]),
        what: `workload ${JSON.stringify(name)} is not known`,
        hint: `one of: ${kinds.map((candidate) => candidate.name).join(", ")}`,
      });
      continue;
    }
    if (workloads.some((other) => other.name === name)) {
      problems.push({
        code: "workload-twice",
        at: source.placeOf(["workloads", index]),
        what: `workload ${name} stands twice`,
        hint: "keep one of them; more trials of it are made by repetitions",
      });
      continue;
    }
    const resolved = kind.resolve(params, sizes.at(-1));
    if (resolved.ok) workloads.push(resolved.workload);
    const issues = resolved.ok ? sizeIssues(resolved.workload, sizes) : resolved.issues;
    problems.push(...issueProblems(issues, ["workloads", index], source));
  }
  return workloads;
}

/** Bytes of the disk that holds a workload's data set: the server's own files, its log, and 300 bytes a row. */
export function dataDiskBytes(workload: Workload): number {
  if (workload.dataSet === undefined) return 0;
  const rows = workload.dataSet.tables * workload.dataSet.rows;
  // sysbench's row with its index takes about 230 bytes in InnoDB; an empty server without its log takes 30 MiB.
  return (56 + Math.ceil((rows * 300 + workload.dataSet.logBytes) / 2 ** 20)) * 2 ** 20;
}

export function studyData({ settings, factors, workloads, ...study }: Study): StudyData {
  return {
    ...study,
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(Object.keys(factors).length === 0 ? {} : { factors }),
    workloads: workloads.map(({ name, params }) => ({ ...params, name })),
  };
}

/** A study as the YAML file that gives it again: the schema's own keys, sizes as text. */
export function studyDocument(data: StudyData): Readonly<Record<string, unknown>> {
  const { name, resources, scratch, margin, doubts, repetitions, ...rest } = data;
  return {
    study: name,
    ...rest,
    repetitions: repetitionsDocument(repetitions),
    resources: policyDocument(resources),
    scratch: { size: sizeText(scratch.sizeBytes), cache: scratch.cache },
    margin: `${Number(((margin ?? DEFAULT_MARGIN) * 100).toPrecision(12))}%`,
    doubts: doubts ?? DEFAULT_DOUBTS,
  };
}

/** What an older version stored, in the shape of this one; what is of this version comes back as it is. */
export function currentStudyData(stored: OlderStudyData | StudyData): StudyData {
  if (!("boots" in stored)) return stored;
  const { boots, runs, ...rest } = stored;
  return { ...rest, repetitions: { kind: "fixed", boots, runs } };
}

/** Before `repetitions` was a key, boots and runs stood beside the others. */
type OlderStudyData = Omit<StudyData, "repetitions"> & { readonly boots: number; readonly runs: number };

/** A study back from what was stored; undefined where this version cannot read it. */
export function studyFromData(data: StudyData, kinds: readonly WorkloadKind[]): Study | undefined {
  const workloads: Workload[] = [];
  for (const { name, ...params } of data.workloads) {
    const resolved = kinds.find((kind) => kind.name === name)?.resolve(params, nominalSizes(data).at(-1));
    if (resolved?.ok !== true) return undefined;
    workloads.push(resolved.workload);
  }
  return {
    ...data,
    margin: data.margin ?? DEFAULT_MARGIN,
    settings: data.settings ?? {},
    factors: data.factors ?? {},
    doubts: data.doubts ?? DEFAULT_DOUBTS,
    workloads,
  };
}

function issueProblems(
  issues: readonly z.core.$ZodIssue[],
  prefix: Path,
  source: YamlSource,
): readonly Problem[] {
  return issues.flatMap((issue): readonly Problem[] => {
    const path = [...prefix, ...issue.path];
    const where = path.length === 0 ? "the study" : path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        code: "unknown-key",
        at: source.placeOfKey(path, key),
        what: `${where} has the unknown key ${JSON.stringify(key)}`,
        hint: "docs/study.md lists every key; check the spelling",
      }));
    }
    const found = valueAt(source.data, path);
    const foundText = found === undefined ? "nothing" : JSON.stringify(found);
    return [
      {
        code: found === undefined ? "missing-key" : "bad-value",
        at: source.placeOf(path),
        what: `${where}: ${issue.message} (found ${foundText})`,
      },
    ];
  });
}

function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}
