import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pathOf } from "../../src/adapters/debian.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { openMonitor } from "../../src/adapters/machine/monitor.ts";
import { hostDisk } from "../../src/core/trial/guards/host-disk.ts";
import { judge, type Observation } from "../../src/core/trial/observation.ts";
import { mendedQemu } from "../../src/platforms/qemu/mended.ts";
import { holdLab } from "./held-lab.ts";
import { bringUp, type LiveStack, studyOf } from "./live-stack.ts";

// Counted time on a real stack: what this host does meanwhile is in no figure.

const signal = AbortSignal.timeout(1_800_000);
const STUDY = `
study: counted
title: Counted time
platform: x86_64-kvm
hardware: emulated
clock: counted
levels: 2
repetitions: { boots: 1 }
resources: { guest: { cpus: 1, memory: 512MiB }, reserve: { cpus: 0, memory: 384MiB } }
scratch: { size: 64MiB, latency: 1ms }
workloads: [{ name: cpu, threads: cpus, primeMax: 2000, events: 14000 }]
`;

let live: LiveStack;
let giveBack: () => Promise<void> = async () => {};
const busy: ChildProcess[] = [];

beforeAll(async () => {
  giveBack = await holdLab();
  live = await bringUp(studyOf(STUDY, "counted.yaml"), signal);
});

afterAll(async () => {
  for (const loop of busy) loop.kill("SIGKILL");
  await live?.dispose();
  await giveBack();
});

function figure(observation: Observation): number {
  const outcome = judge(observation, live.workload("cpu").kind.parse, (reading) => {
    const context = {
      hardware: "emulated",
      timing: "counted",
      imageId: undefined,
      declared: undefined,
    } as const;
    const input = { ...context, machines: [], observation, reading };
    return [{ guard: hostDisk.name, ...hostDisk.check(input) }];
  });
  if (outcome.kind !== "measured") throw new Error(JSON.stringify(outcome));
  expect(outcome.doubts).toEqual([]);
  return outcome.reading.metrics.throughput ?? 0;
}

const cpuAt = async (level: number) => figure(await live.trial(live.workload("cpu"), level));

it("runs on a QEMU that delivers each injected interrupt once", async () => {
  const own = (await pathOf("qemu-system-x86_64", process.env["PATH"] ?? "")) ?? "";
  const copy = await mendedQemu(own, cacheFolder(process.env));
  const [asInstalled, used] = [deliveries(own), deliveries(copy ?? own)];
  console.error(
    `interrupts delivered for 2000: ${asInstalled} by QEMU as installed, ${used} by what stacks run on`,
  );
  expect(live.step(0).launch.argv[0]).toBe(copy ?? "qemu-system-x86_64");
  expect(used).toBe(2000);
  // Where there is something to mend, it was the fault.
  expect(copy === undefined || asInstalled > 2100).toBe(true);
});

/** How many interrupts a guest got for the 2,000 that were injected into it, on a computer that counts. */
function deliveries(qemu: string): number {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-twice-"));
  try {
    const program = join(folder, "twice");
    const flags =
      "-m32 -O1 -ffreestanding -fno-pic -fno-stack-protector -fno-toplevel-reorder -nostdlib -static";
    const link = "-Wl,-n,--build-id=none,--no-warn-rwx-segments,-Ttext=0x100000,-e,start";
    execFileSync("gcc", [...flags.split(" "), link, "-o", program, "test/live/injected-twice.c"]);
    const computer =
      "-accel tcg,thread=single -icount shift=0,sleep=off -cpu max -M pc -m 64 -nodefaults -display none -serial stdio -device isa-debug-exit,iobase=0xf4 -kernel";
    const { stdout } = spawnSync(qemu, [...computer.split(" "), program], {
      encoding: "utf8",
      timeout: 300_000,
    });
    const [, entries, delivered] = /^entries (\d+) deliveries (\d+)/.exec(stdout) ?? [];
    expect(entries, stdout).toBe("2000");
    return Number(delivered);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it("has one CPU at every level, and L0's scratch disk in its own memory, which takes its time by L0's clock", async () => {
  for (const level of [0, 1, 2]) expect(await live.say(level, "nproc")).toBe("1");
  expect(await live.say(0, "ls /sys/block | tr '\\n' ' '")).toMatch(/memory/);
  const said = await live.say(0, "dd if=/dev/vdb of=/dev/null bs=4k count=500 iflag=direct 2>&1 | tail -n 1");
  const seconds = Number(/, ([\d.]+) s,/.exec(said)?.[1]);
  // 500 reads of 1 ms, and what the kernel does around them.
  expect(seconds).toBeGreaterThan(0.5);
  expect(seconds).toBeLessThan(0.6);
});

it("has a monitor that tells where its processor is, so that one that hangs is known", async () => {
  const name = /^unix:([^,]+)/.exec(
    live.step(0).launch.argv.find((word) => word.startsWith("unix:")) ?? "",
  )?.[1];
  const monitor = await openMonitor(name ?? "");
  expect(await monitor?.ask("info registers")).toMatch(/RIP=[0-9a-f]{16} RFL=[0-9a-f]{8}/);
  monitor?.close();
});

it("repeats to some hundredths of a percent at the deepest level, also when every CPU of this host is busy", async () => {
  const quiet = [await cpuAt(0), await cpuAt(1), await cpuAt(2)];
  for (let count = 0; count < availableParallelism(); count++) {
    busy.push(spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" }));
  }
  const loaded = [await cpuAt(0), await cpuAt(1), await cpuAt(2)];
  // Below the deepest level, guests that idle above wake now and then: in a run there are none.
  for (const [level, tolerance] of [2e-3, 2e-3, 5e-4].entries()) {
    expect(Math.abs((loaded[level] ?? 0) / (quiet[level] ?? 1) - 1), `L${level}`).toBeLessThan(tolerance);
  }
  const [ground = 0, guest = 0, nested = 0] = quiet;
  expect(guest / ground).toBeLessThan(0.999);
  expect(nested / guest).toBeLessThan(0.99);
  expect(nested / guest).toBeGreaterThan(0.9);
});

it("keeps what a workload prints until it has ended, and ends it at its limit by the machine's own clock", async () => {
  const cpu = live.workload("cpu");
  const slow = { argv: ["sh", "-c", "echo begun; sleep 100; echo ended"], timeoutSeconds: 5 };
  const { completed } = await live.trial(cpu, 1, { measured: slow });
  expect(completed.end).toEqual({ kind: "exited", code: 124 });
  expect(completed.stdout).toBe("begun\n");
  expect(completed.stderr).toContain("ended after 5 s by the machine's own clock");
  const missing = { argv: ["/no/such/program"], timeoutSeconds: 5 };
  expect((await live.trial(cpu, 1, { measured: missing })).completed.end).not.toEqual({
    kind: "exited",
    code: 0,
  });
});
