import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { designAt } from "../../../../src/core/study/settings/condition.ts";
import { settings } from "../../../../src/core/study/settings/index.ts";
import { USUAL_DESIGN } from "../../../../src/core/study/settings/setting.ts";
import { emulatedComputerArgv, kvmGuestArgv, probeArgv } from "../../../../src/platforms/qemu/qemu.ts";
import {
  GUEST_DISKS,
  type GuestFiles,
  type GuestSpec,
  hugePagesOf,
} from "../../../../src/platforms/steps/guest-spec.ts";
import { expectGolden, goldenNames } from "../../golden.ts";

const PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUp dvirt";
const DATA: Pick<GuestFiles, "dataDisk"> = { dataDisk: "cache/data.img" };

const COMPUTER: GuestSpec = {
  level: 0,
  size: { cpus: 2, memoryBytes: 2304 * 2 ** 20 },
  files: {
    kernel: "cache/vmlinux",
    initrd: "cache/initrd",
    rootDisk: "cache/root.img",
    scratchDisk: "lab/scratch.img",
    consoleLog: "lab/L0.console",
  },
  scratchCache: "writeback",
  publicKey: PUBLIC_KEY,
};

function guest(level: number): GuestSpec {
  return {
    level,
    size: { cpus: 1, memoryBytes: (2304 - 768 * level) * 2 ** 20 },
    files: {
      kernel: "/usr/lib/dvirt/vmlinux",
      initrd: "/usr/lib/dvirt/initrd",
      rootDisk: GUEST_DISKS.rootDisk,
      scratchDisk: GUEST_DISKS.scratchDisk,
      consoleLog: `/run/dvirt/L${level}.console`,
    },
    scratchCache: "none",
    publicKey: PUBLIC_KEY,
  };
}

function withFiles(spec: GuestSpec, files: Partial<GuestFiles>): GuestSpec {
  return { ...spec, files: { ...spec.files, ...files } };
}

const guestData = { dataDisk: GUEST_DISKS.dataDisk };
const GOLDEN: Readonly<Record<string, readonly string[]>> = {
  "emulated-L0.txt": emulatedComputerArgv(COMPUTER),
  "emulated-L0-data.txt": emulatedComputerArgv(withFiles(COMPUTER, DATA)),
  "emulated-L0-commas.txt": emulatedComputerArgv(
    withFiles(COMPUTER, {
      rootDisk: "a,b/root.img",
      scratchDisk: "a,b/scratch,,img",
      dataDisk: ",data.img",
      consoleLog: "a,b/L0.console",
    }),
  ),
  "kvm-L1.txt": kvmGuestArgv(guest(1)),
  "kvm-L1-data.txt": kvmGuestArgv(withFiles(guest(1), guestData)),
  "kvm-L2.txt": kvmGuestArgv(guest(2)),
  "kvm-L2-data.txt": kvmGuestArgv(withFiles(guest(2), guestData)),
  "kvm-L2-over-committed.txt": kvmGuestArgv({ ...guest(2), memory: "over-committed" }),
  "kvm-L1-pinned.txt": kvmGuestArgv({ ...guest(1), pidFile: "/run/dvirt/L1.pid" }),
  "emulated-L0-pinned.txt": emulatedComputerArgv({ ...COMPUTER, pidFile: "lab/L0.pid" }),
  "s390x-L0.txt": emulatedComputerArgv({ ...withFiles(COMPUTER, DATA), architecture: "s390x" }),
  "tcg-L2.txt": emulatedComputerArgv(withFiles(guest(2), guestData)),
  "aarch64-L0.txt": emulatedComputerArgv({ ...withFiles(COMPUTER, DATA), architecture: "aarch64" }),
  "aarch64-L1.txt": kvmGuestArgv({ ...withFiles(guest(1), guestData), architecture: "aarch64" }),
  "kvm-probe.txt": probeArgv("cache/vmlinux", "cache/initrd"),
  ...goldenOfSettings(),
};

/** A guest that hosts another, for every value of a setting with which QEMU is started otherwise than usual. */
function goldenOfSettings(): Readonly<Record<string, readonly string[]>> {
  const plain = withFiles(guest(1), guestData);
  const each = settings.flatMap(({ name, values }) =>
    values.map((value) => {
      const design = designAt({ settings: { [name]: value }, factors: {}, levels: 2 }, 1, undefined);
      return [`setting-${name}-${value}.txt`, kvmGuestArgv({ ...plain, design })] as const;
    }),
  );
  const usual = kvmGuestArgv(plain).join("\n");
  return Object.fromEntries(each.filter(([, argv]) => argv.join("\n") !== usual));
}

describe("QEMU's command line", () => {
  test.each(Object.keys(GOLDEN))("for %s is the golden one", (name) => {
    const argv = GOLDEN[name] ?? [];
    expect(argv.join("")).not.toContain("\n");
    expectGolden(`argv/${name}`, `${argv.join("\n")}\n`);
  });

  test("has no golden file too many", () => {
    const ofQemu = goldenNames("argv").filter((name) => !name.startsWith("bochs"));
    expect(ofQemu).toEqual(Object.keys(GOLDEN).sort());
  });

  test("hands every path to QEMU so that its option parser sees the path again", () => {
    const path = fc
      .array(fc.constantFrom(",", "=", "a", "/", " ", ",,", "id"), { minLength: 1 })
      .map((parts) => parts.join(""));
    const files = fc.record({ rootDisk: path, scratchDisk: path, dataDisk: path, consoleLog: path });
    fc.assert(
      fc.property(files, fc.constantFrom(emulatedComputerArgv, kvmGuestArgv), (given, argvOf) => {
        const argv = argvOf(withFiles(COMPUTER, given));
        const drives = valuesOf(argv, "-drive").map((text) => options(text).get("file"));
        expect(drives).toEqual([given.rootDisk, given.scratchDisk, given.dataDisk]);
        const consoles = valuesOf(argv, "-chardev").map((text) => options(text).get("path"));
        expect(consoles).toEqual([given.consoleLog, undefined]);
      }),
    );
  });

  test("names the disks in the order in which the guest's kernel will", () => {
    const ids = valuesOf(kvmGuestArgv(withFiles(guest(1), guestData)), "-drive").map((text) =>
      options(text).get("id"),
    );
    expect(ids).toEqual(["root", "scratch", "data"]);
    expect(Object.entries(GUEST_DISKS)).toEqual([
      ["rootDisk", "/dev/vda"],
      ["scratchDisk", "/dev/vdb"],
      ["dataDisk", "/dev/vdc"],
    ]);
  });

  test("drops what is written to an IDE disk that is not the scratch disk", () => {
    const design = { ...USUAL_DESIGN, disk: "ide" } as const;
    const drives = valuesOf(kvmGuestArgv({ ...withFiles(guest(2), guestData), design }), "-drive").map(
      options,
    );
    expect(drives.map((drive) => drive.get("snapshot"))).toEqual(["on", undefined, "on"]);
  });

  test("names disks by serial number where the kernel may find them in any order", () => {
    const spec = { ...withFiles(guest(1), guestData), architecture: "aarch64" } as const;
    const serials = (argv: readonly string[]) =>
      valuesOf(argv, "-device").flatMap((device) => options(device).get("serial") ?? []);
    expect(serials(kvmGuestArgv(spec))).toEqual(["vda", "vdb", "vdc"]);
    expect(valuesOf(kvmGuestArgv(spec), "-append").join()).toContain(" dvirt.virtio=3 ");
    expect(serials(kvmGuestArgv({ ...spec, architecture: "x86_64" }))).toEqual([]);
  });

  test("tells an IDE guest how many disks to wait for", () => {
    const design = { ...USUAL_DESIGN, disk: "ide" } as const;
    const append = (spec: GuestSpec) => valuesOf(kvmGuestArgv({ ...spec, design }), "-append").join();
    expect(append(guest(1))).toContain(" dvirt.ide=2 ");
    expect(append(withFiles(guest(1), guestData))).toContain(" dvirt.ide=3 ");
  });

  test("gives a guest in huge pages an even number of mebibytes", () => {
    const design = { ...USUAL_DESIGN, memory: "huge-pages" } as const;
    const odd = { ...guest(1), design, size: { cpus: 1, memoryBytes: 1001 * 2 ** 20 } };
    expect(hugePagesOf(odd)).toBe(500);
    expect(valuesOf(kvmGuestArgv(odd), "-m")).toEqual(["1000"]);
    expect(options(valuesOf(kvmGuestArgv(odd), "-object")[0] ?? "").get("size")).toBe("1000M");
  });

  test("lets nothing be written but the scratch disk", () => {
    const drives = valuesOf(kvmGuestArgv(withFiles(guest(2), guestData)), "-drive").map(options);
    const writable = drives.filter((drive) => drive.get("readonly") !== "on").map((drive) => drive.get("id"));
    expect(writable).toEqual(["scratch"]);
  });

  test("takes the scratch disk's cache mode from the study", () => {
    const cacheOf = (spec: GuestSpec) =>
      valuesOf(kvmGuestArgv(spec), "-drive")
        .map(options)
        .find((drive) => drive.get("id") === "scratch")
        ?.get("cache");
    expect(cacheOf(guest(1))).toBe("none");
    expect(cacheOf({ ...guest(1), scratchCache: "writeback" })).toBe("writeback");
  });

  test("brings the level and the session's key into the guest", () => {
    const [append] = valuesOf(kvmGuestArgv(guest(2)), "-append");
    expect(append).toMatch(/ dvirt\.level=2 /);
    const key = / dvirt\.key=(\S+)$/.exec(append ?? "")?.[1] ?? "";
    expect(Buffer.from(key, "base64").toString()).toBe(`${PUBLIC_KEY}\n`);
  });

  test("gives a guest whole mebibytes, rounded down", () => {
    const odd = { ...guest(1), size: { cpus: 3, memoryBytes: 1000.9 * 2 ** 20 } };
    expect(valuesOf(kvmGuestArgv(odd), "-m")).toEqual(["1000"]);
    expect(valuesOf(kvmGuestArgv(odd), "-smp")).toEqual(["3"]);
  });
});

function valuesOf(argv: readonly string[], flag: string): readonly string[] {
  return argv.flatMap((word, i) => (word === flag ? [argv[i + 1] ?? ""] : []));
}

/** QEMU's option text, read as QEMU does: pairs between commas, where a doubled comma is one in a value. */
function options(text: string): ReadonlyMap<string, string> {
  const parts = [""];
  for (const piece of text.match(/,,|,|[^,]+/g) ?? []) {
    if (piece === ",") parts.push("");
    else parts.push(`${parts.pop()}${piece === ",," ? "," : piece}`);
  }
  return new Map(
    parts.map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part, "on"] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}
