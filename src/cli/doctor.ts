import { missingPackages } from "../adapters/debian.ts";
import { freeDiskBytes, mayWriteIn, nearestThere } from "../adapters/files.ts";
import { labHolder } from "../adapters/lab-lock.ts";
import { localMachine } from "../adapters/machine/local.ts";
import { endText, succeeded } from "../core/base/command.ts";
import { failed, ok, printable, type Result } from "../core/base/problem.ts";
import { type Diagnosis, diagnose } from "../core/doctor/diagnosis.ts";
import { type CacheFolder, type Finding, type FindingLevel, GROUPS } from "../core/doctor/finding.ts";
import { isSupported } from "../core/doctor/hardware.ts";
import type { KvmTrial } from "../core/doctor/kvm-trial.ts";
import { DOCTOR_SCRIPT, readProbe } from "../core/doctor/probe.ts";
import { BUILD_BYTES, cachedImage, type GuestImage } from "../images/build.ts";
import { guestRecipe } from "../images/recipe.ts";
import { platformNamed } from "../platforms/index.ts";
import { LAB_LOCK } from "../platforms/platform.ts";
import { tryKvm } from "../platforms/qemu/kvm-probe.ts";
import { type Context, cacheOf, EXIT, type ExitCode, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { loadStudyWith } from "./study-options.ts";

export const defineDoctor: Define = (command, context, end) => {
  command
    .option("--json", "everything, for programs")
    .action((options) => end(doctorCommand(context, options)));
};

/** The study that `dvirt run` takes by itself is what the machine is examined for. */
const STUDY = "quick";

/** `dvirt doctor`: what this machine can do and what stands in the way; nothing is changed. */
export async function doctorCommand(
  context: Context,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const examined = await examine(context);
  if (!examined.ok || context.signal.aborted) return tell(context, examined.ok ? [] : examined.problems);
  const diagnosis = examined.value;
  context.output.write(
    options.json === true ? doctorJson(diagnosis, context.version) : context.asCalled(doctorText(diagnosis)),
  );
  if (diagnosis.hardware === "none") return EXIT.unavailable;
  return diagnosis.findings.some(({ level }) => level === "hindrance") ? EXIT.found : EXIT.fine;
}

async function examine(context: Context): Promise<Result<Diagnosis>> {
  const loaded = await loadStudyWith(context, STUDY, {});
  if (!loaded.ok) return loaded;
  const study = loaded.value;
  const host = localMachine();
  const platform = platformNamed(study.platform);
  const answer = await host.run({ argv: ["sh", "-c", DOCTOR_SCRIPT], timeoutSeconds: 120 }, context.signal);
  if (!succeeded(answer)) {
    return failed({
      code: "not-examined",
      what: `this machine could not be examined: ${endText(answer.end)}`,
      hint: "dvirt needs Linux with sh and setpriv (Debian: util-linux)",
      evidence: answer.stderr,
    });
  }
  const probe = readProbe(answer.stdout);
  const image = await cachedImage(await guestRecipe(), cacheOf(context));
  const missing = await missingPackages({
    needs: await platform.needs(cacheOf(context)),
    path: context.environment["PATH"] ?? "",
  });
  const kvm: KvmTrial = isSupported(probe)
    ? await tryKvm(study.levels, host, await guestToTry(image, missing), context.signal)
    : { obstacles: [], proof: { kind: "none", why: "there is no platform for this machine" } };
  return ok(
    diagnose({
      probe,
      kvm,
      study,
      platform,
      cache: await cacheFolder(cacheOf(context), image),
      missingPackages: missing,
      nodeVersion: process.versions.node,
    }),
  );
}

/** The tiny guest's files, or why none may be booted now. */
async function guestToTry(
  image: GuestImage | undefined,
  missing: readonly string[],
): Promise<GuestImage | string> {
  if (image === undefined) return "no guest has been booted yet, because the guest image is not built";
  if (missing.length > 0)
    return `no guest has been booted, because packages are missing (${missing.join(", ")})`;
  // A guest beside a run that measures would be measured with it.
  const holder = await labHolder(LAB_LOCK);
  return holder === undefined
    ? image
    : `no guest was booted now, because ${holder.what} (process ${holder.pid}) holds the lab`;
}

async function cacheFolder(path: string, image: GuestImage | undefined): Promise<CacheFolder> {
  const there = await nearestThere(path);
  return {
    path,
    freeBytes: await freeDiskBytes(there),
    writable: await mayWriteIn(there),
    imageId: image?.manifest.imageId,
    imageBuildBytes: BUILD_BYTES,
  };
}

/** The diagnosis for a terminal: findings group by group, and the conclusion last, where the eye rests. */
function doctorText({ findings, conclusion }: Diagnosis): string {
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const own = findings.filter((finding) => finding.group === group);
    return own.length === 0 ? [] : [title, ...own.map(findingText), ""];
  });
  return printable([...groups, conclusion, countText(findings), ""].join("\n"));
}

/** What is fine takes one line; the rest says beneath it what was seen and what to try. */
function findingText({ level, what, evidence, remedy }: Finding): string {
  const head = `  ${level.padEnd(WIDTH)}  ${what}`;
  if (level === "fine") return `${head} (${oneLine(evidence)})`;
  const indent = " ".repeat(WIDTH + 4);
  const lines = [head, `${indent}seen: ${oneLine(evidence)}`];
  return [...lines, ...(remedy === undefined ? [] : [`${indent}try: ${remedy}`])].join("\n");
}

const WIDTH = "hindrance".length;

function oneLine(text: string): string {
  return text.split("\n").join("; ");
}

const WORST_FIRST: readonly FindingLevel[] = ["fatal", "hindrance", "notice", "fine"];

function countText(findings: readonly Finding[]): string {
  return WORST_FIRST.map((level) => [level, findings.filter((one) => one.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${count} ${level}`)
    .join(", ");
}

/** The diagnosis for programs, in a format that has a name. */
function doctorJson({ hardware, conclusion, findings }: Diagnosis, version: string): string {
  return `${JSON.stringify({ format: "dvirt-doctor/1", dvirt: version, hardware, conclusion, findings }, undefined, 2)}\n`;
}
