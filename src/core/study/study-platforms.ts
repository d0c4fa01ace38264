import { z } from "zod";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** What is one for the whole study, so that its platforms can stand in one table. */
const OF_THE_STUDY: readonly string[] = [
  "study",
  "title",
  "platform",
  "platforms",
  "margin",
  "doubts",
  "factors",
];

const platformsSchema = z.array(z.union([z.string(), z.looseObject({ name: z.string() })])).min(1);

type Entry = z.infer<typeof platformsSchema>[number];

/** A study on one platform, with its keys where they stand in the file. */
interface PlatformSource extends YamlSource {
  /** Whose depth that is: a study on several platforms goes on each as deep as the platform does. */
  readonly levels: "its own" | "of all platforms";
}

/**
 * A study file as one study for each platform that it names: the keys of an entry of `platforms` take the place of the
 * study's. A file with `platform` is the one study that it is.
 */
export function platformSources(source: YamlSource): Result<readonly PlatformSource[]> {
  const { data } = source;
  if (typeof data !== "object" || data === null || !("platforms" in data)) {
    return ok([{ ...source, levels: "its own" }]);
  }
  const { platforms, ...common } = data;
  const problems: Problem[] = [];
  if ("platform" in common) {
    problems.push({
      code: "bad-value",
      at: source.placeOfKey([], "platform"),
      what: "a study has platform or platforms, not both",
      hint: "keep platforms, and add this one to it",
    });
  }
  const parsed = platformsSchema.safeParse(platforms);
  if (!parsed.success) {
    return failed(...problems, {
      code: "bad-value",
      at: source.placeOf(["platforms", ...(parsed.error.issues[0]?.path ?? [])]),
      what: "platforms is no list of names, or of entries with a name and keys of their own",
      hint: "platforms: [NAME, { name: NAME, levels: 1 }]",
    });
  }
  problems.push(...parsed.data.flatMap((entry, index) => entryProblems(entry, index, parsed.data, source)));
  if (problems.length > 0) return failed(...problems);
  return ok(parsed.data.map((entry, index) => entrySource(common, entry, index, source)));
}

function nameOf(entry: Entry): string {
  return typeof entry === "string" ? entry : entry.name;
}

function ownKeys(entry: Entry): Readonly<Record<string, unknown>> {
  if (typeof entry === "string") return {};
  const { name: _, ...own } = entry;
  return own;
}

function entryProblems(
  entry: Entry,
  index: number,
  all: readonly Entry[],
  source: YamlSource,
): readonly Problem[] {
  const twice = all.findIndex((other) => nameOf(other) === nameOf(entry)) < index;
  const repeated: Problem = {
    code: "platform-twice",
    at: source.placeOf(["platforms", index]),
    what: `platform ${nameOf(entry)} stands twice`,
    hint: "keep one of them; another study may have it differently",
  };
  return [
    ...(twice ? [repeated] : []),
    ...Object.keys(ownKeys(entry))
      .filter((key) => OF_THE_STUDY.includes(key))
      .map(
        (key): Problem => ({
          code: "bad-value",
          at: source.placeOfKey(["platforms", index], key),
          what: `platforms.${index} has ${key}, which is one for the whole study`,
          hint: `${key} beside platforms`,
        }),
      ),
  ];
}

function entrySource(common: object, entry: Entry, index: number, source: YamlSource): PlatformSource {
  const own = ownKeys(entry);
  const here = ["platforms", index] as const;
  const inFile = (path: Path): Path => {
    const [first, ...rest] = path;
    if (first === "platform") return typeof entry === "string" ? here : [...here, "name"];
    return typeof first === "string" && first in own ? [...here, first, ...rest] : path;
  };
  return {
    data: { ...common, platform: nameOf(entry), ...own },
    levels: "levels" in own ? "its own" : "of all platforms",
    placeOf: (path) => source.placeOf(inFile(path)),
    placeOfKey: (path, key) =>
      path.length === 0 && key in own ? source.placeOfKey(here, key) : source.placeOfKey(inFile(path), key),
  };
}

/** The inverse: documents of one study's platforms as the document that gives them again. */
export function platformsDocument(
  documents: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, unknown>> {
  const [first, ...others] = documents;
  if (first === undefined || others.length === 0) return first ?? {};
  const { platform: _, study, title, ...rest } = first;
  const same = (key: string) =>
    documents.every((other) => JSON.stringify(other[key]) === JSON.stringify(first[key]));
  const keys = [...new Set(documents.flatMap((document) => Object.keys(document)))].filter(
    (key) => key !== "platform" && !same(key),
  );
  return {
    study,
    title,
    platforms: documents.map((document) => {
      const own = keys.flatMap((key) => (key in document ? [[key, document[key]] as const] : []));
      return own.length === 0
        ? document["platform"]
        : { name: document["platform"], ...Object.fromEntries(own) };
    }),
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => !keys.includes(key))),
  };
}
