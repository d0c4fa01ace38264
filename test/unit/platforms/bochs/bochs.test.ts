import { describe, expect, test } from "vitest";
import { bochsConfig, bootConfig, bootDiscArgv } from "../../../../src/platforms/bochs/config.ts";
import { platformNamed } from "../../../../src/platforms/index.ts";
import { expectGolden } from "../../golden.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const FILES = {
  rootDisk: "CACHE/root.img",
  scratchDisk: "LAB/scratch.img",
  consoleLog: "LAB/L0.console",
};
const SPEC = { memoryBytes: 960 * 2 ** 20, folder: "LAB", bootDisc: "LAB/boot.iso", port: 40_001 };

describe("Bochs is told", () => {
  test("of a Lynnfield that counts instructions, its disks and its lines", () => {
    expectGolden("bochs/bochsrc.txt", bochsConfig({ ...SPEC, files: FILES }));
  });

  test("of the data set's disk where there is one, and of nothing else then", () => {
    const without = bochsConfig({ ...SPEC, files: FILES }).split("\n");
    const withData = bochsConfig({ ...SPEC, files: { ...FILES, dataDisk: "CACHE/data.img" } }).split("\n");
    expect(withData.filter((line) => !without.includes(line))).toEqual([
      'ata1-master: type=disk, path="CACHE/data.img", mode=volatile, journal="LAB/data.journal"',
    ]);
  });

  test("to boot a disc that starts the kernel at once", () => {
    expect(bootConfig("console=ttyS1 quiet")).toMatch(/^ {2}APPEND console=ttyS1 quiet$/m);
    const argv = bootDiscArgv("LAB/boot.iso", { config: "c", kernel: "k", initrd: "i" });
    expect(argv).toEqual(expect.arrayContaining(["vmlinuz=k", "initrd=i", "isolinux.cfg=c"]));
  });
});

describe("x86_64-vmx", () => {
  const platform = platformNamed("x86_64-vmx");

  test("has one processor at every level, whatever the host and the study have", () => {
    const launches = platform.preview(madeUpStudy(), "emulated", 8, undefined);
    expect(launches.map(({ cpus }) => cpus)).toEqual([1, 1, 1]);
    expect(launches[0]?.argv).toContain("LAB/bochs.config");
    for (const { argv } of launches.slice(1)) expect(argv[0]).toBe("qemu-system-x86_64");
  });

  test("names the packages of Bochs and its boot loader among its needs", async () => {
    const needs = await platform.needs("/nowhere");
    expect(Object.values(needs)).toEqual(
      expect.arrayContaining(["bochs", "isolinux", "syslinux-common", "xorriso"]),
    );
  });
});
