import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { createPlace, type Place } from "../lab/place.ts";
import { type Ended, startDvirt } from "../program/built-program.ts";
import { type Network, publicKey, startNetwork, WRONG_KEY } from "./network.ts";

let network: Network;
let place: Place;

beforeAll(async () => {
  network = await startNetwork();
  place = await createPlace();
});

afterAll(async () => {
  await place?.remove();
  await network?.stop();
});

/** Both targets are this machine, and nothing is declared of what is below it. */
function study(different: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const level = (host: string) => ({
    host,
    architecture: architecture(),
    folder: join(network.folder, "target"),
  });
  const size = { cpus: availableParallelism(), memory: `${Math.ceil(totalmem() / 2 ** 20)}MiB` };
  return {
    study: "two-servers",
    title: "Two SSH servers behind a jump host",
    platform: "ssh",
    levels: 1,
    repetitions: { boots: 1, runs: 1 },
    resources: { policy: "stated", sizes: [size, size] },
    scratch: { size: "128MiB" },
    targets: {
      userland: "pushed",
      config: network.config("right"),
      levels: [level("level0"), level("level1")],
    },
    workloads: [
      { name: "cpu", threads: 1, primeMax: 1000, events: 500 },
      { name: "threads", threads: 4, yields: 10, locks: 2, events: 50 },
      { name: "memory-write", threads: 1, blockSize: "16MiB", totalSize: "256MiB" },
      { name: "memory-read", threads: 1, blockSize: "16MiB", totalSize: "256MiB" },
      // As in the study quick, so that its data set serves both.
      { name: "oltp", threads: 1, rows: 10_000, seconds: 1, bufferPool: "64MiB", logFile: "16MiB" },
    ],
    ...different,
  };
}

function architecture(): string {
  return execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
}

/** With this machine's own cache, where the image is. */
async function start(given: Record<string, unknown>) {
  const file = await place.write(`${String(given["study"])}.yaml`, stringify(given));
  return go(["run", file, "--seed", "1", "--full"]);
}

function go(argv: readonly string[]) {
  const cache = cacheFolder(process.env).replace(/\/dvirt$/, "");
  return startDvirt(place, [...argv, "--yes"], { XDG_CACHE_HOME: cache });
}

async function refused(given: Record<string, unknown>): Promise<Ended> {
  return (await start(given)).ended;
}

describe("a study over SSH, behind a jump host", () => {
  it("runs all five workloads at both levels, resumed after a kill, and makes a trial again whose connection was cut", async () => {
    const killed = await start(study());
    expect(await killed.lines(/^ {2}up +L0 /, 2), "two trials at L0 ended").toBe(true);
    killed.kill("SIGKILL");
    await killed.ended;
    const running = go(["resume", "latest", "--full"]);
    expect(await running.lines(/^ {2}up +L1 /, 1), "a trial at L1 ended").toBe(true);
    await until(() => network.processes(1).some((command) => command.startsWith("sysbench ")));
    network.cut(1);
    const ended = await running.ended;
    expect(ended.stderr).toMatch(/lost/);
    expect(ended.code, ended.stderr).toBe(0);
    const { trials, notes } = report();
    expect(trials.map(({ trial: { level, workload } }) => `L${level} ${workload}`).sort()).toEqual(
      ["cpu", "memory-read", "memory-write", "oltp", "threads"]
        .flatMap((workload) => [0, 1].flatMap((level) => [`L${level} ${workload}`, `L${level} ${workload}`]))
        .sort(),
    );
    expect(trials.filter(({ attempt }) => attempt > 1).length).toBeGreaterThanOrEqual(1);
    expect(notes.some((note) => note.includes("what counts as a boot here is a session"))).toBe(true);
    expect(ended.stdout).toContain("what counts as a boot here is a session");
  });

  it("leaves on the targets what it keeps for the next run, and no process or mount", async () => {
    await until(() => network.processes(0).length + network.processes(1).length === 0);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(network.folder);
    const kept = execFileSync("ls", [join(network.folder, "target")], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(kept.filter((name) => !/^(image|data)-[0-9a-f]{16}\.img$|^tree-L[01]$|^lock-/.test(name))).toEqual(
      [],
    );
  });

  it("refuses a host key that is not the known one", async () => {
    const config = network.config("changed", (lines) => [
      ...lines.slice(0, 2),
      `${lines[2]?.split(" ")[0]} ${publicKey(network.folder, WRONG_KEY)}`,
    ]);
    const ended = await refused(study({ targets: { ...targets(), config } }));
    expect(ended.stderr).toContain("error[host-key-changed] L1 (level1)");
    expect(ended.code).toBe(69);
  });

  it("refuses a host, and a jump host, whose key nobody has seen", async () => {
    for (const left of [0, 1]) {
      const config = network.config(`unknown${left}`, (lines) => lines.filter((_, index) => index !== left));
      const ended = await refused(study({ targets: { ...targets(), config } }));
      expect(ended.stderr).toContain("error[host-key-unknown] L0 (level0)");
      expect(ended.code).toBe(69);
    }
  });

  it("refuses a level that is not what the study declares", async () => {
    const levels = targets().levels.map((level, index) =>
      index === 0 ? level : { ...level, hypervisors: ["z/VM"] },
    );
    const ended = await refused(study({ targets: { ...targets(), levels } }));
    expect(ended.stderr).toMatch(
      /error\[wrong-level\] L1 \(level1\): declared with z\/VM below it, and the machine shows/,
    );
    expect(ended.code).toBe(69);
  });
});

describe("guests of z/VM, with a stand-in for vmcp on the controlling host", () => {
  it("are logged on for each boot when their level is to be measured, and logged off after it", async () => {
    network.install("vmcp", vmcpStandIn(join(network.folder, "cp")));
    const guest = { by: "vmcp", user: "lnxl1", control: "level0", ipl: "0150" };
    const levels = targets().levels.map((level, index) => (index === 0 ? level : { ...level, guest }));
    const ended = await refused(
      study({
        study: "zvm-stand-in",
        platform: "zvm",
        repetitions: { boots: 1 },
        targets: { ...targets(), levels },
        workloads: [{ name: "cpu", threads: 1, primeMax: 1000, events: 200 }],
      }),
    );
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain("never on a z/VM");
    expect(ended.stdout).toContain("never on a z/VM");
    const sent = readFileSync(join(network.folder, "cp", "sent"), "utf8")
      .trim()
      .split("\n");
    const life = sent.filter((text) => !text.startsWith("QUERY"));
    // Once to be looked at, once for the boot.
    expect(life).toEqual(Array.from({ length: 2 }, () => LIFE).flat());
    expect(readdirSync(join(network.folder, "cp"))).toEqual(["sent"]);
  });

  it("are not touched where they are logged on already", async () => {
    writeFileSync(join(network.folder, "cp", "LNXL1"), "");
    const guest = { by: "vmcp", user: "LNXL1", control: "level0", ipl: "0150" };
    const levels = targets().levels.map((level, index) => (index === 0 ? level : { ...level, guest }));
    const ended = await refused(study({ platform: "zvm", targets: { ...targets(), levels } }));
    expect(ended.stderr).toContain("error[guest-in-use] L1 (LNXL1)");
    expect(ended.code).toBe(69);
  });
});

const LIFE = [
  `XAUTOLOG LNXL1 NOIPL STORAGE ${Math.ceil(totalmem() / 2 ** 20)}M SYNCH`,
  ...(availableParallelism() > 1
    ? [
        `SEND CP LNXL1 DEFINE CPU 01-${(availableParallelism() - 1).toString(16).toUpperCase().padStart(2, "0")}`,
      ]
    : []),
  "SEND CP LNXL1 IPL 0150",
  "SIGNAL SHUTDOWN LNXL1 WITHIN 120",
];

/** Answers as vmcp would for one guest, which is logged on while there is a file of its name. */
function vmcpStandIn(folder: string): string {
  return `#!/bin/sh
mkdir -p ${folder} && cd ${folder} && echo "$*" >>sent
set -- $*
off() { echo "HCPCQU045E LNXL1 not logged on"; echo "Error: non-zero CP response for command '$*': #45" >&2; exit 1; }
case "$*" in
  "QUERY USERID") echo "LNXCTL   AT VMSYS1" ;;
  "QUERY CPLEVEL") echo "z/VM Version 7 Release 3.0, service level 2301 (64-bit)" ;;
  "QUERY LNXL1") [ -e LNXL1 ] || off "$@"; echo "LNXL1    - DSC " ;;
  XAUTOLOG*) [ ! -e LNXL1 ] || { echo "HCPLGA054E Already logged on DSC"; exit 1; }; : >LNXL1; echo "Command accepted" ;;
  SEND*) [ -e LNXL1 ] || off "$@" ;;
  SIGNAL*) rm LNXL1 || off "$@" ;;
  *) echo "HCPCMD001E Unknown CP command: $1"; exit 1 ;;
esac
`;
}

/** What the only run in the place wrote. */
function report(): {
  readonly notes: readonly string[];
  readonly trials: readonly {
    readonly trial: { readonly level: number; readonly workload: string };
    readonly attempt: number;
  }[];
} {
  const [run = ""] = readdirSync(place.out);
  return JSON.parse(readFileSync(join(place.out, run, "report.json"), "utf8"));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); // the test's own limit ends this
}

function targets(): { readonly levels: readonly Record<string, unknown>[] } & Record<string, unknown> {
  return study()["targets"] as ReturnType<typeof targets>;
}
