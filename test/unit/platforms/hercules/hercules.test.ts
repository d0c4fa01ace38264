import { describe, expect, test } from "vitest";
import { checkedStudy } from "../../../../src/core/study/study-check.ts";
import {
  type MainframeSpec,
  mainframeArgv,
  mainframeFiles,
} from "../../../../src/platforms/hercules/hercules.ts";
import { hostProblems } from "../../../../src/platforms/hercules/mainframe.ts";
import { s390xHercules } from "../../../../src/platforms/hercules/s390x-hercules.ts";
import { sieGuestArgv, sieProblems } from "../../../../src/platforms/hercules/sie.ts";
import { expectGolden, goldenNames } from "../../golden.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const MAINFRAME: MainframeSpec = {
  size: { cpus: 1, memoryBytes: 1536 * 2 ** 20 },
  files: {
    kernel: "/a cache/vmlinux",
    initrd: "/a cache/initrd",
    rootDisk: "/a cache/root.img",
    scratchDisk: "/a lab/scratch.img",
  },
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUp dvirt",
};

function made(spec: MainframeSpec): Readonly<Record<string, string | Uint8Array>> {
  return Object.fromEntries(
    Object.entries(mainframeFiles(spec, 4_272_968)).flatMap(([name, file]) =>
      file.kind === "made" ? [[name, file.content] as const] : [],
    ),
  );
}

describe("what Hercules reads", () => {
  test.each(["hercules.conf", "hercules.rc", "mainframe.ins", "kernel-parameters"])(
    "%s is golden",
    (name) => {
      expectGolden(`hercules/${name}`, `${made(MAINFRAME)[name]}`.replace("\0", "\n"));
    },
  );

  test("every golden file is made", () => {
    const text = Object.entries(made(MAINFRAME)).filter(([, content]) => typeof content === "string");
    expect(goldenNames("hercules")).toEqual([...text.map(([name]) => name), "sie-L1.argv"].sort());
  });

  test("where the initrd is and how long it is, as the kernel reads it: four bytes, the highest first", () => {
    const files = made(MAINFRAME);
    expect(files["initrd-address"]).toEqual(Uint8Array.of(0x02, 0, 0, 0));
    expect(files["initrd-size"]).toEqual(Uint8Array.of(0, 0x41, 0x33, 0x48));
  });

  test("no path of the host: they stand in links, so that a blank in one does no harm", () => {
    expect(JSON.stringify(made(MAINFRAME))).not.toContain("/a ");
    expect(mainframeFiles(MAINFRAME, 1)["root.disk"]).toEqual({ kind: "link", of: "/a cache/root.img" });
  });

  test("a data set is a third disk", () => {
    const spec = { ...MAINFRAME, files: { ...MAINFRAME.files, dataDisk: "/a cache/data.img" } };
    expect(made(spec)["hercules.conf"]).toContain("\n0122 3370 data.disk\n");
    expect(made(spec)["kernel-parameters"]).toContain("0121=vdb,0122=vdc:ro ");
    expect(made(MAINFRAME)["hercules.conf"]).not.toContain("data.disk");
  });
});

test("the mainframe dies with its first process, and its network is its own", () => {
  const argv = mainframeArgv("lab/mainframe");
  expect(argv.slice(0, 5)).toEqual(["unshare", "--pid", "--net", "--fork", "--kill-child=KILL"]);
  expect(argv.slice(-2)).toEqual(["lab/mainframe", "10.99.0.2"]);
});

test("the host's hindrances are named with their remedies", () => {
  expect(hostProblems("tun\nroot\n")).toEqual([]);
  expect(hostProblems("root\n").map(({ code, hint }) => [code, hint])).toEqual([["no-tun", "modprobe tun"]]);
  expect(hostProblems("tun\n").map(({ code }) => code)).toEqual(["not-root"]);
});

describe("a guest by interpretive execution", () => {
  test("is QEMU with the question answered that Hercules cannot", () => {
    const argv = sieGuestArgv({
      level: 1,
      size: { cpus: 1, memoryBytes: 768 * 2 ** 20 },
      files: {
        kernel: "/usr/lib/dvirt/vmlinux",
        initrd: "/usr/lib/dvirt/initrd",
        rootDisk: "/dev/vda",
        scratchDisk: "/dev/vdb",
        consoleLog: "/run/dvirt/L1.console",
      },
      scratchCache: "none",
      publicKey: MAINFRAME.publicKey,
    });
    expectGolden("hercules/sie-L1.argv", `${argv.join("\n")}\n`);
  });

  test("needs KVM below it", () => {
    expect(sieProblems("device\nsie\n", 1)).toEqual([]);
    expect(sieProblems("sie\nmodprobe: no such module\n", 1)).toMatchObject([
      { code: "no-kvm", at: "L1", evidence: "modprobe: no such module" },
    ]);
    expect(sieProblems("", 2)).toMatchObject([{ code: "no-kvm", at: "L2", hint: /levels: 1/ }]);
  });
});

test("a study that this mainframe cannot run is refused", () => {
  const fits = madeUpStudy({ platform: "s390x-hercules", levels: 1 });
  const codes = (different: Parameters<typeof madeUpStudy>[0]) => {
    const checked = checkedStudy({ ...fits, ...different }, s390xHercules);
    return checked.ok ? [] : checked.problems.map(({ code }) => code);
  };
  expect(codes({})).toEqual([]);
  expect(codes({ levels: 2 })).toEqual(["too-deep"]);
  expect(codes({ hardware: "real" })).toEqual(["not-on-real-hardware"]);
  expect(codes({ settings: { nic: "virtio" } })).toEqual(["setting-not-there"]);
  expect(codes({ factors: { nic: ["none", "virtio"] } })).toEqual(["setting-not-there"]);
});
