import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readText } from "../../src/adapters/files.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { sessionKeys } from "../../src/adapters/machine/ssh.ts";
import { parseFacts } from "../../src/core/machine/facts.ts";
import { imageOf } from "../../src/core/machine/provenance.ts";
import { judge, machineLost } from "../../src/core/trial/observation.ts";
import { ensureImage } from "../../src/images/build.ts";
import { guestRecipe } from "../../src/images/recipe.ts";
import { PACE, patienceWith } from "../../src/platforms/pace.ts";
import { emulatedComputerStep } from "../../src/platforms/qemu/qemu-steps.ts";
import { machineConformance } from "../conformance/machine.ts";
import { guardTests } from "./guards.ts";
import { holdLab } from "./held-lab.ts";
import { bringUp, type LiveStack, studyOf } from "./live-stack.ts";
import { endsWhatTakesTooMuch, resourcesAreAsSaid } from "./resources.ts";

// One stack in counted time, L0 to L2 on an emulated computer, that every test below shares, in this order: what breaks
// machines comes last, deepest first.

const signal = AbortSignal.timeout(1_800_000);
const cache = cacheFolder(process.env);
const labFolder = join(cache, "lab");
let live: LiveStack;
let giveBack: () => Promise<void> = async () => {};

beforeAll(async () => {
  giveBack = await holdLab();
  live = await bringUp(studyOf(await readText("test/live/live.yaml"), "test/live/live.yaml"), signal);
});

afterAll(async () => {
  await live?.dispose();
  await giveBack();
});

const heal = () => live.heal();
const noGuard = () => [];
const execute = (name: string, level: number) => live.trial(live.workload(name), level);

describe("the stack", () => {
  beforeEach(heal);

  it("has a machine at each level that says so itself", async () => {
    for (const level of [0, 1, 2]) expect(await live.say(level, "cat /run/dvirt/level")).toBe(String(level));
  });

  it("shows each level the same image and kernel, and a hypervisor with nesting where one is to run", () => {
    const facts = live.ready.map((one) => parseFacts(one.facts));
    expect(new Set(facts.map((one) => one.imageId))).toEqual(new Set([imageOf(live.platform.origin)?.id]));
    expect(new Set(facts.map((one) => one.kernel)).size).toBe(1);
    expect(facts.slice(0, 2).map((one) => [one.kvm?.module, one.kvm?.nested])).toEqual([
      ["kvm_amd", true],
      ["kvm_amd", true],
    ]);
    expect(facts.every((one) => one.cpuFlags.includes("hypervisor"))).toBe(true);
  });

  it("gives each level the CPUs and the memory that the study says", async () => {
    const facts = live.ready.map((one) => parseFacts(one.facts));
    for (const [level, step] of live.platform.steps(undefined).entries()) {
      expect(facts[level]?.cpus).toBe(step.launch.cpus);
      const missing = 1 - (facts[level]?.memoryBytes ?? 0) / step.launch.memoryBytes;
      expect(missing).toBeGreaterThan(0); // the kernel keeps some for itself
      expect(missing).toBeLessThan(0.2);
    }
  });

  it("measured how long each machine took to answer", () => {
    expect(live.ready.map((one) => one.level)).toEqual([0, 1, 2]);
    for (const one of live.ready) expect(one.readySeconds).toBeGreaterThan(0);
  });
});

describe("every level", () => {
  beforeEach(heal);

  for (const level of [0, 1, 2]) {
    machineConformance(
      `L${level}, SSH over its hypervisor's own stream,`,
      "real",
      () => live.machine(level),
      patienceWith({ pace: PACE.counted, counted: true }),
    );
  }
});

resourcesAreAsSaid(() => ({ levels: [0, 1, 2], ...live }));

describe("the workloads", () => {
  beforeEach(heal);

  for (const name of ["cpu", "threads", "memory-write", "memory-read", "oltp"]) {
    it(`${name} is measured at L2, while KVM at L0 counts entries into a guest's guest`, async () => {
      const observation = await execute(name, 2);
      const outcome = judge(observation, live.workload(name).kind.parse, noGuard);
      if (outcome.kind !== "measured") throw new Error(outcome.problem.what);
      const atL0 = outcome.nestedEntries.find((one) => one.level === 0);
      expect(atL0?.count).toBeGreaterThan(100);
    });
  }

  it("oltp works at L0 and L1 too, each time on the same data", async () => {
    for (const level of [0, 1]) {
      expect(judge(await execute("oltp", level), live.workload("oltp").kind.parse, noGuard)).toMatchObject({
        kind: "measured",
      });
    }
    const place = live.platform.place(1);
    // The next copy begins from the data disk again, whatever the last trial wrote.
    await live.say(
      1,
      `dd if=${place.dataDisk} of=${place.scratchDisk} bs=1M oflag=direct conv=notrunc,fsync status=none`,
    );
    const sum = (disk: string) => live.say(1, `head -c 50000000 ${disk} | md5sum`);
    expect(await sum(place.scratchDisk)).toBe(await sum(place.dataDisk));
  });

  it("no server, mount or process of a workload is left at any level", async () => {
    for (const level of [0, 1, 2]) {
      expect(
        await live.say(
          level,
          "pgrep -x mariadbd; pgrep -x sysbench; grep /mnt/scratch /proc/mounts; echo end",
        ),
      ).toBe("end");
    }
  });
});

const { seesFalseDepth } = guardTests(() => live, signal);

describe("bad days", () => {
  beforeEach(heal);

  it("a database server that cannot start is told with its own words, and the next trial goes well", async () => {
    const observation = await live.trial(live.workload("oltp"), 1, {
      prepare: [{ argv: ["mariadbd", "--no-such-option"], timeoutSeconds: 60 }],
    });
    const outcome = judge(observation, live.workload("oltp").kind.parse, noGuard);
    expect(outcome).toMatchObject({
      kind: "failed",
      problem: { code: "preparation-failed", at: "b1-up-L1-oltp-1" },
    });
    expect(JSON.stringify(outcome)).toContain("no-such-option");
    expect(machineLost(observation)).toBe(false);
    expect(judge(await execute("cpu", 1), live.workload("cpu").kind.parse, noGuard)).toMatchObject({
      kind: "measured",
    });
  });

  it("sysbench that fails keeps its raw text", async () => {
    const observation = await live.trial(live.workload("cpu"), 1, {
      measured: { argv: ["sysbench", "cpu", "--cpu-max-prime=-1", "run"], timeoutSeconds: 60 },
    });
    expect(judge(observation, live.workload("cpu").kind.parse, noGuard)).toMatchObject({
      kind: "failed",
      problem: { code: "workload-failed" },
    });
    expect(observation.completed.stdout + observation.completed.stderr).toMatch(
      /cpu-max-prime|Invalid value/,
    );
  });

  it("a process that takes more memory than is measured is ended at L2, and nothing else", () =>
    endsWhatTakesTooMuch(live.machine(2), live.step(2)));

  it("a guest whose kernel panics mid-trial is lost, and its console says why", async () => {
    const observation = await live.trial(live.workload("cpu"), 2, {
      measured: {
        argv: ["sh", "-c", "echo 1 >/proc/sys/kernel/sysrq; sleep 1; echo c >/proc/sysrq-trigger; sleep 600"],
        timeoutSeconds: 120,
      },
    });
    expect(observation.completed.end.kind).toBe("lost");
    expect(machineLost(observation)).toBe(true);
    expect(await live.stack.diagnose()).toMatch(/L2: [\s\S]*sysrq triggered crash/i);
    expect(await live.say(1, "echo L1 is sound")).toBe("L1 is sound");
  });

  it("the stack comes back to any depth after that", async () => {
    expect((await live.stack.reach(1, signal)).ok).toBe(true);
    await endsWhatTakesTooMuch(live.machine(1), live.step(1));
    await seesFalseDepth();
    const again = await live.stack.reach(2, signal);
    expect(again.ok).toBe(true);
    expect(await live.say(2, "cat /run/dvirt/level")).toBe("2");
  });

  it("a hypervisor that is killed mid-trial takes its guest's trial with it, and all above is lost", async () => {
    const running = live.trial(live.workload("cpu"), 2, {
      measured: { argv: ["sleep", "600"], timeoutSeconds: 120 },
    });
    await live.say(0, "sleep 3; pkill -KILL qemu-system");
    const observation = await running;
    expect(observation.completed.end.kind).toBe("lost");
    expect(await live.machine(1).diagnose()).toContain("L1: its hypervisor ended");
    expect(await live.say(0, "echo L0 is sound")).toBe("L0 is sound");
    expect((await live.stack.reach(0, signal)).ok).toBe(true);
    await endsWhatTakesTooMuch(live.machine(0), live.step(0));
  });
});

describe("the end", () => {
  it("leaves no process, mount or file when it is disposed", async () => {
    await live.stack.dispose();
    await live.platform.dispose();
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
    const image = await ensureImage(await guestRecipe(), { cache, say: console.error, signal });
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
      { measured: { cpus: 1, memoryBytes: 512 * 2 ** 20 }, pace: 1 },
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
