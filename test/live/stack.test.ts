import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { readText } from "../../src/adapters/files.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { sessionKeys } from "../../src/adapters/machine/ssh.ts";
import { parseFacts } from "../../src/core/facts.ts";
import { judge, machineLost } from "../../src/core/observation.ts";
import { parseStudy, type Study } from "../../src/core/study.ts";
import type { Workload } from "../../src/core/workload.ts";
import { ensureImage } from "../../src/images/build.ts";
import { guestRecipe } from "../../src/images/recipe.ts";
import type { Machine, MachineRecord, PlatformStep, PreparedPlatform } from "../../src/lab/ports.ts";
import { createStack, type Stack } from "../../src/lab/stack.ts";
import { executeTrial } from "../../src/lab/trial.ts";
import { emulatedComputerStep } from "../../src/platforms/emulated-computer.ts";
import { platforms } from "../../src/platforms/index.ts";
import { x86Kvm } from "../../src/platforms/x86-64-kvm.ts";
import { workloads } from "../../src/workloads/index.ts";
import { machineConformance } from "../conformance/machine.ts";
import { holdLab } from "../lab-for-tests.ts";
import { guardTests } from "./guards.ts";
import { endsWhatTakesTooMuch, resourcesAreAsSaid } from "./resources.ts";
import { healIfLost, makeSound } from "./sound.ts";

// One stack, L0 to L2 on an emulated computer, that every test below shares, in this order: what breaks
// machines comes last, deepest first.

const signal = AbortSignal.timeout(1_800_000);
const cache = cacheFolder(process.env);
const labFolder = join(cache, "lab");
const ready: Omit<MachineRecord, "boot" | "bringUp">[] = [];
let study: Study;
let platform: PreparedPlatform;
let stack: Stack;
let giveBack: () => Promise<void> = async () => {};

beforeAll(async () => {
  giveBack = await holdLab();
  const parsed = parseStudy(await readText("test/live/live.yaml"), "test/live/live.yaml", {
    workloads,
    platforms: platforms.map(({ name }) => name),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  study = parsed.value;
  const prepared = await x86Kvm.prepare({ study, seed: 1, cache, labFolder, say: console.error, signal });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  platform = prepared.value;
  stack = createStack({
    platform,
    clock: systemClock,
    emit: (event) => console.error(JSON.stringify(event)),
    onMachine: async (machine) => {
      // What came up again stands for what was lost, and for all that was above it.
      while (ready.some((one) => one.level >= machine.level)) ready.pop();
      ready.push(machine);
      return [];
    },
  });
  await makeSound(stack, 2, signal);
});

afterAll(async () => {
  await stack?.dispose();
  await platform?.dispose();
  await giveBack();
});

const machine = (level: number): Machine => {
  const found = stack.machines[level];
  if (found === undefined) throw new Error(`L${level} is not up`);
  return found;
};
const step = (level: number): PlatformStep => {
  const found = platform.steps(undefined)[level];
  if (found === undefined) throw new Error(`no step for L${level}`);
  return found;
};
const say = async (level: number, script: string): Promise<string> =>
  (await machine(level).run({ argv: ["sh", "-c", script], timeoutSeconds: 120 }, signal)).stdout.trim();
const workload = (name: string): Workload => {
  const found = study.workloads.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const noGuard = () => [];
const ONCE = { bringUp: 1, attempt: 1 };
const trialOf = (name: string, level: number) =>
  ({ id: `b1-up-L${level}-${name}-1`, boot: 1, direction: "up", level, workload: name, run: 1 }) as const;
const execute = (name: string, level: number, place = platform.place(level)) =>
  executeTrial(
    trialOf(name, level),
    workload(name),
    stack.machines.slice(0, level + 1),
    place,
    ONCE,
    systemClock,
    signal,
  );

const soundStack = () => healIfLost(stack, 2, signal);

describe("the stack", () => {
  beforeEach(soundStack);

  it("has a machine at each level that says so itself", async () => {
    for (const level of [0, 1, 2]) expect(await say(level, "cat /run/dvirt/level")).toBe(String(level));
  });

  it("shows each level the same image and kernel, and a hypervisor with nesting where one is to run", () => {
    const facts = ready.map((one) => parseFacts(one.facts));
    expect(new Set(facts.map((one) => one.imageId))).toEqual(new Set([platform.record["image"]]));
    expect(new Set(facts.map((one) => one.kernel)).size).toBe(1);
    expect(facts.slice(0, 2).map((one) => [one.kvm?.module, one.kvm?.nested])).toEqual([
      ["kvm_amd", true],
      ["kvm_amd", true],
    ]);
    expect(facts.every((one) => one.cpuFlags.includes("hypervisor"))).toBe(true);
  });

  it("gives each level the CPUs and the memory that the study says", async () => {
    const facts = ready.map((one) => parseFacts(one.facts));
    for (const [level, step] of platform.steps(undefined).entries()) {
      expect(facts[level]?.cpus).toBe(step.launch.cpus);
      const missing = 1 - (facts[level]?.memoryBytes ?? 0) / step.launch.memoryBytes;
      expect(missing).toBeGreaterThan(0); // the kernel keeps some for itself
      expect(missing).toBeLessThan(0.2);
    }
  });

  it("measured how long each machine took to answer", () => {
    expect(ready.map((one) => one.level)).toEqual([0, 1, 2]);
    for (const one of ready) expect(one.readySeconds).toBeGreaterThan(0);
  });
});

describe("every level", () => {
  beforeEach(soundStack);

  for (const level of [0, 1, 2]) {
    machineConformance(`L${level}, SSH over its hypervisor's own stream,`, "real", () => machine(level));
  }
});

resourcesAreAsSaid(() => ({ levels: [0, 1, 2], machine, step, ready }));

describe("the workloads", () => {
  beforeEach(soundStack);

  for (const name of ["cpu", "threads", "memory-write", "memory-read", "oltp"]) {
    it(`${name} is measured at L2, while KVM at L0 counts entries into a guest's guest`, async () => {
      const observation = await execute(name, 2);
      const verdict = judge(observation, workload(name).parse, noGuard);
      if (verdict.kind !== "measured") throw new Error(verdict.problem.what);
      const atL0 = verdict.nestedEntries.find((one) => one.level === 0);
      expect(atL0?.count).toBeGreaterThan(100);
    });
  }

  it("oltp works at L0 and L1 too, each time on the same data", async () => {
    for (const level of [0, 1]) {
      expect(judge(await execute("oltp", level), workload("oltp").parse, noGuard)).toMatchObject({
        kind: "measured",
      });
    }
    const place = platform.place(1);
    // The next copy begins from the data disk again, whatever the last trial wrote.
    await say(
      1,
      `dd if=${place.dataDisk} of=${place.scratchDisk} bs=1M oflag=direct conv=notrunc,fsync status=none`,
    );
    const sum = (disk: string) => say(1, `head -c 50000000 ${disk} | md5sum`);
    expect(await sum(place.scratchDisk)).toBe(await sum(place.dataDisk));
  });

  it("no server, mount or process of a workload is left at any level", async () => {
    for (const level of [0, 1, 2]) {
      expect(
        await say(level, "pgrep -x mariadbd; pgrep -x sysbench; grep /mnt/scratch /proc/mounts; echo end"),
      ).toBe("end");
    }
  });
});

const { seesFalseDepth } = guardTests(
  {
    sound: soundStack,
    machine,
    say,
    workload,
    observe: (one, level) =>
      executeTrial(
        trialOf(one.name, level),
        one,
        stack.machines.slice(0, level + 1),
        platform.place(level),
        ONCE,
        systemClock,
        signal,
        { base: platform.base },
      ),
    machines: () => ready,
    imageId: () => platform.record["image"],
  },
  signal,
);

describe("bad days", () => {
  beforeEach(soundStack);

  it("a database server that cannot start is told with its own words, and the next trial goes well", async () => {
    const observation = await executeTrial(
      trialOf("oltp", 1),
      {
        ...workload("oltp"),
        prepare: () => [{ argv: ["mariadbd", "--no-such-option"], timeoutSeconds: 60 }],
      },
      stack.machines.slice(0, 2),
      platform.place(1),
      ONCE,
      systemClock,
      signal,
    );
    const verdict = judge(observation, workload("oltp").parse, noGuard);
    expect(verdict).toMatchObject({
      kind: "failed",
      problem: { code: "preparation-failed", at: "b1-up-L1-oltp-1" },
    });
    expect(JSON.stringify(verdict)).toContain("no-such-option");
    expect(machineLost(observation)).toBe(false);
    expect(judge(await execute("cpu", 1), workload("cpu").parse, noGuard)).toMatchObject({
      kind: "measured",
    });
  });

  it("sysbench that fails keeps its raw text", async () => {
    const wrong: Workload = {
      ...workload("cpu"),
      command: { argv: ["sysbench", "cpu", "--cpu-max-prime=-1", "run"], timeoutSeconds: 60 },
    };
    const observation = await executeTrial(
      trialOf("cpu", 1),
      wrong,
      stack.machines.slice(0, 2),
      platform.place(1),
      ONCE,
      systemClock,
      signal,
    );
    expect(judge(observation, wrong.parse, noGuard)).toMatchObject({
      kind: "failed",
      problem: { code: "workload-failed" },
    });
    expect(observation.completed.stdout + observation.completed.stderr).toMatch(
      /cpu-max-prime|Invalid value/,
    );
  });

  it("a process that takes more memory than is measured is ended at L2, and nothing else", () =>
    endsWhatTakesTooMuch(machine(2), step(2)));

  it("a guest that hangs in a trial is cut off at the limit and not trusted again", async () => {
    const hung: Workload = { ...workload("cpu"), command: { argv: ["sleep", "600"], timeoutSeconds: 2 } };
    const observation = await executeTrial(
      trialOf("cpu", 2),
      hung,
      stack.machines,
      platform.place(2),
      ONCE,
      systemClock,
      signal,
    );
    expect(observation.completed.end).toEqual({ kind: "timed-out", limitSeconds: 2 });
    expect(machineLost(observation)).toBe(true);
  });

  it("a guest whose kernel panics mid-trial is lost, and its console says why", async () => {
    const panic: Workload = {
      ...workload("cpu"),
      command: {
        argv: ["sh", "-c", "echo 1 >/proc/sys/kernel/sysrq; sleep 1; echo c >/proc/sysrq-trigger; sleep 600"],
        timeoutSeconds: 120,
      },
    };
    const observation = await executeTrial(
      trialOf("cpu", 2),
      panic,
      stack.machines,
      platform.place(2),
      ONCE,
      systemClock,
      signal,
    );
    expect(observation.completed.end.kind).toBe("lost");
    expect(machineLost(observation)).toBe(true);
    expect(await stack.diagnose()).toMatch(/L2: [\s\S]*sysrq triggered crash/i);
    expect(await say(1, "echo L1 is sound")).toBe("L1 is sound");
  });

  it("the stack comes back to any depth after that", async () => {
    expect((await stack.reach(1, signal)).ok).toBe(true);
    await endsWhatTakesTooMuch(machine(1), step(1));
    await seesFalseDepth();
    const again = await stack.reach(2, signal);
    expect(again.ok).toBe(true);
    expect(await say(2, "cat /run/dvirt/level")).toBe("2");
  });

  it("a hypervisor that is killed mid-trial takes its guest's trial with it, and all above is lost", async () => {
    const running = executeTrial(
      trialOf("cpu", 2),
      { ...workload("cpu"), command: { argv: ["sleep", "600"], timeoutSeconds: 120 } },
      stack.machines,
      platform.place(2),
      ONCE,
      systemClock,
      signal,
    );
    await say(0, "sleep 3; pkill -KILL qemu-system");
    const observation = await running;
    expect(observation.completed.end.kind).toBe("lost");
    expect(await machine(1).diagnose()).toContain("L1: its hypervisor ended");
    expect(await say(0, "echo L0 is sound")).toBe("L0 is sound");
    expect((await stack.reach(0, signal)).ok).toBe(true);
    await endsWhatTakesTooMuch(machine(0), step(0));
  });
});

describe("the end", () => {
  it("leaves no process, mount or file when it is disposed", async () => {
    await stack.dispose();
    await platform.dispose();
    expect(
      execFileSync("sh", ["-c", "pgrep -f [n]ame=dvirt.ssh || echo none"], { encoding: "utf8" }).trim(),
    ).toBe("none");
    expect(existsSync(labFolder)).toBe(false);
    expect(execFileSync("cat", ["/proc/mounts"], { encoding: "utf8" })).not.toContain(labFolder);
  });
});

describe("a computer that does not boot", () => {
  const work = mkdtempSync(join(tmpdir(), "dvirt-noboot-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  const start = async (files: { readonly kernel?: string; readonly rootDisk?: string }) => {
    const image = await ensureImage(await guestRecipe(), cache, localMachine(), console.error, signal);
    if (!image.ok) throw new Error(JSON.stringify(image.problems));
    const keys = sessionKeys();
    const scratchDisk = join(work, "scratch");
    writeFileSync(scratchDisk, Buffer.alloc(2 ** 20));
    const { kernel, initrd, rootDisk } = image.value;
    const step = emulatedComputerStep(
      {
        level: 0,
        size: { cpus: 1, memoryBytes: 512 * 2 ** 20 },
        files: { kernel, initrd, rootDisk, scratchDisk, consoleLog: join(work, "console"), ...files },
        scratchCache: "writeback",
        publicKey: keys.publicKey,
      },
      keys.privateKey,
    );
    const started = await step.start(localMachine(), signal);
    if (started.ok) await started.value.dispose();
    return started;
  };

  it("because its kernel is none, says what the hypervisor said", async () => {
    const kernel = join(work, "kernel");
    writeFileSync(kernel, "this is no kernel");
    const started = await start({ kernel });
    expect(started).toMatchObject({ ok: false, problems: [{ code: "no-boot", at: "L0" }] });
    expect(JSON.stringify(started)).toMatch(/kernel/i);
  });

  it("because its disk holds no image, says what the guest said", async () => {
    const rootDisk = join(work, "root");
    writeFileSync(rootDisk, Buffer.alloc(2 ** 20));
    const started = await start({ rootDisk });
    expect(started).toMatchObject({ ok: false, problems: [{ code: "no-boot", at: "L0" }] });
    expect(JSON.stringify(started)).toContain("the root disk cannot be mounted");
  });

  it("leaves nothing behind but the files it was given", () => {
    expect(
      readdirSync(work).filter((name) => !["scratch", "console", "kernel", "root"].includes(name)),
    ).toEqual([]);
    expect(
      execFileSync("sh", ["-c", "pgrep -f [n]ame=dvirt.ssh || echo none"], { encoding: "utf8" }).trim(),
    ).toBe("none");
  });
});
