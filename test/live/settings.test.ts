import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readText } from "../../src/adapters/files.ts";
import { dataDiskBytes } from "../../src/core/study/study.ts";
import { holdLab } from "./held-lab.ts";
import { bringUp, type LiveStack, studyOf } from "./live-stack.ts";

// A short-lived stack of machines that have everything otherwise than usual: each is asked itself.

const signal = AbortSignal.timeout(1_800_000);
const FILE = "test/live/settings.yaml";
let live: LiveStack;
let giveBack: () => Promise<void> = async () => {};

beforeAll(async () => {
  giveBack = await holdLab();
  live = await bringUp(studyOf(await readText(FILE), FILE), signal);
});

beforeEach(() => live.heal());

afterAll(async () => {
  await live?.dispose();
  await giveBack();
});

const say = (level: number, script: string): Promise<string> => live.say(level, script);
const disks = (level: number) => say(level, "cd /sys/block; echo vd? sd?");
const thp = (level: number) => say(level, "cat /sys/kernel/mm/transparent_hugepage/enabled");
const processor = (level: number) => say(level, "grep -m1 '^model name' /proc/cpuinfo");
const hugePages = (level: number) =>
  say(level, "awk '/^HugePages_(Total|Free)/ {print $2}' /proc/meminfo").then((text) =>
    text.split("\n").map(Number),
  );

describe("a machine says of itself what its settings say", () => {
  it("has the transparent huge pages of its level", async () => {
    expect([await thp(0), await thp(1), await thp(2)]).toEqual([
      "always madvise [never]",
      "always madvise [never]",
      "always [madvise] never",
    ]);
  });

  it("has IDE disks that answer to the names and have the sizes that workloads expect", async () => {
    expect([await disks(0), await disks(1), await disks(2)]).toEqual([
      "vda vdb vdc sd?",
      "vd? sda sdb sdc",
      "vd? sda sdb sdc",
    ]);
    const data = dataDiskBytes(live.study.workloads[0] ?? expect.fail("no workload"));
    const sizes = "for disk in vdb vdc; do blockdev --getsize64 /dev/$disk; done";
    expect(await say(2, sizes)).toBe(`${live.study.scratch.sizeBytes}\n${data}`);
    expect(await say(2, "cat /proc/mounts | grep ' / '")).toMatch(/ ext4 ro/);
    expect(await say(2, "cut -c1-4 /usr/lib/dvirt/kernel-release")).toMatch(/^\d/);
  });

  it("writes to its scratch disk through every level, and to no other", async () => {
    await say(2, "echo seen from below | dd of=/dev/vdb bs=512 count=1 conv=sync,fsync 2>/dev/null");
    expect(await say(0, "head -c 15 /dev/vdb")).toBe("seen from below");
  });

  it("has its own network card", async () => {
    const cards =
      "cat /sys/bus/pci/devices/*/device 2>/dev/null | grep -c 0x100e; ls /sys/bus/virtio/drivers/virtio_net | grep -c '^virtio'";
    expect([await say(1, cards), await say(2, cards)]).toEqual(["1\n0", "0\n1"]);
  });

  it("sees the made-up processor, and can host where it must", async () => {
    expect(await processor(0)).not.toMatch(/QEMU Virtual CPU/);
    expect([await processor(1), await processor(2)]).toEqual([
      expect.stringMatching(/QEMU Virtual CPU/),
      expect.stringMatching(/QEMU Virtual CPU/),
    ]);
    expect(await say(1, "grep -cw npt /proc/cpuinfo")).not.toBe("0");
  });

  it("leaves weaknesses of the processor as they are", async () => {
    for (const level of [0, 1, 2]) {
      expect(await say(level, "cat /sys/devices/system/cpu/vulnerabilities/spectre_v2"), `L${level}`).toMatch(
        /^Vulnerable/,
      );
    }
  });

  it("keeps time by the clock that it was given", async () => {
    const clock = "cat /sys/devices/system/clocksource/clocksource0/current_clocksource";
    expect([await say(1, clock), await say(2, clock)]).toEqual(["kvm-clock", "tsc"]);
  });

  it("caches the scratch disk as it was told", async () => {
    expect(
      await say(1, "tr '\\0' '\\n' </proc/$(pidof qemu-system-x86_64)/cmdline | grep id=scratch"),
    ).toMatch(/cache=writeback/);
  });

  it("lies in huge pages of the machine below while it is up, and not after", async () => {
    expect(await hugePages(0)).toEqual([512, 0]);
    expect(await hugePages(1)).toEqual([256, 0]);
    await live.stack.reach(1, signal);
    expect(await hugePages(1)).toEqual([0, 0]);
  });
});
