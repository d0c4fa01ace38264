import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mended, mendedQemu } from "../../../../src/platforms/qemu/mended.ts";
import { emulatedComputerArgv } from "../../../../src/platforms/qemu/qemu.ts";

/** What compilers made of the place in Debian's builds of QEMU 7.2.22 and 10.0.13. */
const STORES = {
  "7.2": "89b354efffff c7838433000000000000 48c78388330000ffffffff f605ba45b60002 0f856c010000 ba01000000",
  "10.0": "89b310d7ffff c783e433000000000000 48c783e8330000ffffffff f605ece23d0102 0f85c1000000 ba01000000",
};
const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
const around = (...stores: readonly Buffer[]) => {
  const before = Buffer.from("#!/bin/sh\necho program\nexit\n");
  return Buffer.concat([before, ...stores, Buffer.alloc(100, 0x90)]);
};

describe("mended", () => {
  for (const [version, hex] of Object.entries(STORES)) {
    it(`makes the one store of QEMU ${version} an instruction that does nothing, and changes nothing else`, () => {
      const program = around(bytes(hex));
      const before = Buffer.from(program);
      const copy = mended(program) ?? expect.fail("nothing was found");
      expect(program.equals(before), "what it was given stays").toBe(true);
      const changed = [...copy.keys()].filter((at) => copy[at] !== program[at]);
      const start = program.indexOf(bytes(hex));
      expect(copy.subarray(start, start + 6).toString("hex")).toBe("660f1f440000");
      expect(changed.every((at) => at >= start && at < start + 6)).toBe(true);
    });
  }

  it("leaves a program alone that has no such store, or two", () => {
    const store = bytes(STORES["7.2"]);
    expect(mended(around())).toBeUndefined();
    expect(mended(around(store, store))).toBeUndefined();
    expect(mended(around(store.subarray(0, -1)))).toBeUndefined();
  });
});

describe("a mended copy in the cache", () => {
  const cache = mkdtempSync(join(tmpdir(), "dvirt-mended-"));
  afterAll(() => rmSync(cache, { recursive: true, force: true }));
  const original = join(cache, "original");
  const write = (content: Buffer) => writeFileSync(original, content);

  it("can be started, finds the host's files below it, and is made once", async () => {
    write(around(bytes(STORES["7.2"])));
    const path = (await mendedQemu(original, cache)) ?? expect.fail("nothing was mended");
    expect(execFileSync(path, { encoding: "utf8" })).toBe("program\n");
    expect(existsSync(join(path, "..", "qemu-bundle", original))).toBe(true);
    expect(await mendedQemu(original, cache)).toBe(path);
    expect(readdirSync(join(cache, "mended-qemu"))).toHaveLength(1);
  });

  it("is made anew where somebody changed it", async () => {
    const path = (await mendedQemu(original, cache)) ?? expect.fail("nothing was mended");
    const good = readFileSync(path);
    chmodSync(path, 0o755);
    writeFileSync(path, "#!/bin/sh\necho something else\n");
    expect(await mendedQemu(original, cache)).toBe(path);
    expect(readFileSync(path).equals(good)).toBe(true);
  });

  it("is what L0 runs on", () => {
    const spec = {
      level: 0,
      size: { cpus: 1, memoryBytes: 2 ** 30 },
      files: { kernel: "k", initrd: "i", rootDisk: "r", scratchDisk: "s", consoleLog: "c" },
      scratchCache: "writeback",
      counted: true,
      publicKey: "key",
    } as const;
    expect(emulatedComputerArgv({ ...spec, program: "/cache/qemu" })[0]).toBe("/cache/qemu");
    expect(emulatedComputerArgv(spec)[0]).toBe("qemu-system-x86_64");
  });
});
