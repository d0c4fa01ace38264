import { join } from "node:path";
import { copy, ensureFolder, fileBytes, linkTo, remove, writeFileIn } from "../../adapters/files.ts";
import { shellCommand } from "../../core/base/command.ts";
import type { Problem } from "../../core/base/problem.ts";
import type { Size } from "../../core/study/resources-policy.ts";
import { answered } from "../../lab/answered.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import { PACE } from "../pace.ts";
import { confineGuest } from "../steps/given.ts";
import { startGuest } from "../steps/guest.ts";
import { MAINFRAME_LOG, type MainframeSpec, mainframeArgv, mainframeFiles } from "./hercules.ts";

export interface MainframeStep extends MainframeSpec {
  /** Hercules' own: its configuration, links to its disks, its log. */
  readonly folder: string;
  readonly measured: Size;
  readonly privateKey: string;
}

/** L0 in a partition of the mainframe that Hercules emulates. */
export function mainframeStep(spec: MainframeStep): PlatformStep {
  const { folder, size, measured } = spec;
  const launch = { argv: mainframeArgv(folder), ...size, measured, pace: PACE.hercules };
  return {
    level: 0,
    driver: "hercules",
    launch,
    confine: confineGuest(measured),
    check: async (parent, signal) => {
      const command = shellCommand(HOST_CHECK, 30);
      const answer = await answered("asking what it offers to Hercules", command, parent, signal);
      return answer.ok ? hostProblems(answer.value) : answer.problems;
    },
    start: async (parent, signal) => {
      await writeFiles(spec);
      const consoleLog = join(folder, MAINFRAME_LOG);
      return startGuest({ level: 0, launch, privateKey: spec.privateKey, consoleLog }, parent, signal);
    },
  };
}

async function writeFiles(spec: MainframeStep): Promise<void> {
  const { folder, files } = spec;
  await remove(folder); // what a start before this one left
  await ensureFolder(folder);
  for (const [name, file] of Object.entries(mainframeFiles(spec, await fileBytes(files.initrd)))) {
    const path = join(folder, name);
    if (file.kind === "made") await writeFileIn(folder, name, file.content);
    else if (file.kind === "copy") await copy(file.of, path);
    else await linkTo(file.of, path);
  }
}

/** Says what this host has for a network of the mainframe's own, a line each. */
const HOST_CHECK = `
[ -c /dev/net/tun ] && echo tun
[ "$(id -u)" = 0 ] && echo root
true
`;

/** What stands in the way on a host that answered HOST_CHECK so. */
export function hostProblems(answer: string): readonly Problem[] {
  const lines = answer.split("\n");
  const problems: Problem[] = [];
  if (!lines.includes("root")) {
    problems.push({
      code: "not-root",
      at: "L0",
      what: "the mainframe's network is a namespace with a TUN device of its own, which needs root",
      hint: "sudo dvirt run",
    });
  }
  if (!lines.includes("tun")) {
    problems.push({
      code: "no-tun",
      at: "L0",
      what: "this host has no /dev/net/tun, by which the mainframe is reached",
      hint: "modprobe tun",
    });
  }
  return problems;
}
