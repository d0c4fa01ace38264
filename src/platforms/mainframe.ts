import { join } from "node:path";
import { copy, ensureFolder, fileBytes, linkTo, remove, writeFileIn } from "../adapters/files.ts";
import { confineCommand } from "../core/confinement.ts";
import type { Problem } from "../core/problem.ts";
import type { Size } from "../core/resources-policy.ts";
import { flatTopology } from "../core/topology.ts";
import { answered } from "../lab/answered.ts";
import type { PlatformStep } from "../lab/ports.ts";
import { startGuest } from "./guest.ts";
import { MAINFRAME_LOG, type MainframeSpec, mainframeArgv, mainframeFiles } from "./hercules.ts";

/** L0 answered after 35 to 50 s, and after 85 on a busy host, where QEMU's computers take 4. */
const PATIENCE = 4;

export interface MainframeStep extends MainframeSpec {
  /** Hercules' own: its configuration, links to its disks, its log. */
  readonly folder: string;
  readonly measured: Size;
  readonly privateKey: string;
}

/** L0 in a partition of the mainframe that Hercules emulates. */
export function mainframeStep(spec: MainframeStep): PlatformStep {
  const { folder, size, measured } = spec;
  const launch = { argv: mainframeArgv(folder), ...size, measured };
  const { cpus, memoryNodes } = flatTopology(measured.cpus);
  return {
    level: 0,
    driver: "hercules",
    launch,
    confine: confineCommand({
      cpus: cpus.map(({ id }) => id),
      memoryNodes,
      memoryBytes: measured.memoryBytes,
    }),
    check: async (parent, signal) => {
      const answer = await answered(
        "asking what it offers to Hercules",
        { argv: ["sh", "-c", HOST_CHECK], timeoutSeconds: 30 },
        parent,
        signal,
      );
      return answer.ok ? hostProblems(answer.value) : answer.problems;
    },
    start: async (parent, signal) => {
      await writeFiles(spec);
      return startGuest(
        {
          level: 0,
          launch,
          privateKey: spec.privateKey,
          consoleLog: join(folder, MAINFRAME_LOG),
          patience: PATIENCE,
        },
        parent,
        signal,
      );
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
      hint: "sudo ./dvirt run",
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
