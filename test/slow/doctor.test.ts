import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { sessionKeys } from "../../src/adapters/machine/ssh.ts";
import type { Machine } from "../../src/lab/ports.ts";
import { kvmStep } from "../../src/platforms/qemu/kvm.ts";
import { GUEST_DISKS } from "../../src/platforms/steps/guest-spec.ts";
import { DVIRT_INSIDE, type ProjectComputer, projectComputer } from "./project-computer.ts";

// dvirt doctor itself, run inside an emulated computer at L0 and inside a guest of it at L1, and there with one thing
// after another taken away.

const MiB = 2 ** 20;
const signal = AbortSignal.timeout(1_800_000);
const keys = sessionKeys();
let computer: ProjectComputer;
let l1: Machine | undefined;

beforeAll(async () => {
  computer = await projectComputer(signal);
});

afterEach(async () => {
  await l1?.dispose();
  l1 = undefined;
});

afterAll(() => computer?.remove());

/** A guest of L0 with so much memory. */
async function guest(memoryBytes: number): Promise<Machine> {
  const started = await kvmStep(
    {
      level: 1,
      hosts: true,
      size: { cpus: 1, memoryBytes },
      files: {
        kernel: "/usr/lib/dvirt/vmlinux",
        initrd: "/usr/lib/dvirt/initrd",
        rootDisk: GUEST_DISKS.rootDisk,
        scratchDisk: GUEST_DISKS.scratchDisk,
        consoleLog: "/run/dvirt/L1.console",
      },
      scratchCache: "none",
      publicKey: keys.publicKey,
    },
    keys.privateKey,
    { measured: { cpus: 1, memoryBytes }, pace: 1 },
  ).start(computer.machine, signal);
  if (!started.ok) throw new Error(JSON.stringify(started.problems));
  l1 = started.value;
  return l1;
}

async function say(machine: Machine, script: string): Promise<string> {
  const done = await machine.run({ argv: ["sh", "-c", script], timeoutSeconds: 300 }, signal);
  return `${done.stdout}${done.stderr}`;
}

const answer = z.looseObject({
  hardware: z.string(),
  conclusion: z.string(),
  findings: z.array(
    z.looseObject({ id: z.string(), level: z.string(), what: z.string(), remedy: z.string().optional() }),
  ),
});

/** What doctor says on a machine, and its exit code. One machine at a time has the disk. */
async function doctor(machine: Machine, how = "") {
  const script = `mount -t ext4 /dev/vdb /mnt/extra && chmod -R a+rwX /mnt/extra/cache && ${DVIRT_INSIDE.replace("&& ", `&& ${how} env `)} doctor --json; code=$?; cd /; umount /mnt/extra; exit $code`;
  const done = await machine.run({ argv: ["sh", "-c", script], timeoutSeconds: 300 }, signal);
  const code = done.end.kind === "exited" ? done.end.code : done.end.kind;
  try {
    const said = answer.parse(JSON.parse(done.stdout));
    const finding = (id: string) => said.findings.find((one) => one.id === id);
    return { code, ...said, finding };
  } catch (error) {
    throw new Error(`doctor said: ${done.stdout}\n${done.stderr}`, { cause: error });
  }
}

test("at L0 it finds KVM that works, proved by a boot, with nesting and nested paging, and says that L0 is a guest", async () => {
  const said = await doctor(computer.machine);
  expect(said.hardware).toBe("real");
  expect(said.finding("virtualization-extensions")).toMatchObject({ level: "fine" });
  expect(said.finding("kvm")).toMatchObject({ level: "fine", what: "KVM works: a tiny guest booted" });
  expect(said.finding("nested")).toMatchObject({ level: "fine" });
  expect(said.finding("second-level-paging")).toMatchObject({ level: "fine" });
  expect(said.finding("virtual-gif")).toMatchObject({ level: "fine" });
  // The emulator offers none.
  expect(said.finding("virtual-vmload-vmsave")).toMatchObject({ level: "notice" });
  expect(said.finding("clock-source")).toMatchObject({ level: "fine" });
  expect(said.finding("memory")).toMatchObject({ level: "fine" });
  expect(said.finding("virtual-machine")?.what).toMatch(/QEMU|virtual machine/i);
});

test("at L0 with nesting off it says so and how to turn it on, and the remedy works", async () => {
  const off = await say(computer.machine, "modprobe -r kvm_amd && modprobe kvm_amd nested=0");
  const said = await doctor(computer.machine);
  await say(computer.machine, said.finding("nested")?.remedy?.match(/modprobe -r [^;]*/)?.[0] ?? "");
  expect(said.finding("nested"), off).toMatchObject({ level: "hindrance" });
  expect(said.finding("nested")?.remedy).toContain("modprobe -r kvm_amd && modprobe kvm_amd nested=1");
  expect(said.hardware).toBe("emulated");
  expect(said.code).toBe(1);
  expect((await doctor(computer.machine)).finding("nested")).toMatchObject({ level: "fine" });
});

test("at L0 without /dev/kvm it names the module to load", async () => {
  const gone = await say(computer.machine, "modprobe -r kvm_amd kvm; ls /dev/kvm");
  const said = await doctor(computer.machine).finally(() =>
    say(computer.machine, "modprobe kvm_amd nested=1"),
  );
  expect(said.finding("kvm"), gone).toMatchObject({ level: "hindrance" });
  expect(said.finding("kvm")?.what).toContain("/dev/kvm");
  expect(said.finding("kvm")?.remedy).toContain("modprobe kvm_amd nested=1");
  expect(said.hardware).toBe("emulated");
  expect(said.code).toBe(1);
});

test("at L0 without rights to /dev/kvm it names the group", async () => {
  const said = await doctor(computer.machine, "setpriv --reuid=65534 --regid=65534 --clear-groups");
  expect(said.finding("kvm")).toMatchObject({ level: "hindrance" });
  expect(JSON.stringify([said.finding("kvm"), said.finding("kvm-rights")])).toContain("group kvm");
  expect(said.code).toBe(1);
});

test("at L1 it finds KVM that works too", async () => {
  const said = await doctor(await guest(2560 * MiB));
  expect(said.finding("kvm")).toMatchObject({ level: "fine", what: "KVM works: a tiny guest booted" });
  expect(said.finding("nested")).toMatchObject({ level: "fine" });
  expect(said.finding("clock-source")?.what).toBeDefined();
  expect(said.hardware).toBe("real");
});

test("at an L1 with too little memory it says how much each level needs", async () => {
  const said = await doctor(await guest(600 * MiB));
  expect(["hindrance", "fatal"]).toContain(said.finding("memory")?.level);
  expect(said.finding("memory")?.what).toMatch(/L0 .*, L1 .*, L2 /);
  expect([1, 69]).toContain(said.code);
});
