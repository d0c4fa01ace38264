import { describe, expect, test } from "vitest";
import type { Topology } from "../../../../src/core/machine/topology.ts";
import type { Hypervisor } from "../../../../src/core/study/hypervisors.ts";
import type { ResourcesPolicy } from "../../../../src/core/study/resources-policy.ts";
import { qemuSteps } from "../../../../src/platforms/qemu/qemu-steps.ts";
import { expectGolden } from "../../golden.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const MIB = 2 ** 20;
const guest = { cpus: 1, memoryBytes: 768 * MIB };
const reserve = { cpus: 1, memoryBytes: 768 * MIB };

const POLICIES: Readonly<Record<string, ResourcesPolicy>> = {
  "constant-guest": { policy: "constant-guest", guest, reserve },
  "constant-guest-pinned": { policy: "constant-guest", guest, reserve, pin: true },
  reserved: { policy: "reserved", guest, reserve },
  "over-committed": {
    policy: "over-committed",
    host: { cpus: 2, memoryBytes: 2048 * MIB },
    memoryShare: 0.9,
  },
};

/** Two cores with a sibling each on a second node; the first node has one core. */
const HOST: Topology = {
  cpus: [
    { id: 0, node: 0, core: "0" },
    { id: 1, node: 1, core: "1" },
    { id: 2, node: 1, core: "2" },
    { id: 3, node: 1, core: "1" },
    { id: 4, node: 1, core: "2" },
  ],
  memoryNodes: [0, 1],
};

function stepsOf(
  resources: ResourcesPolicy,
  hardware: "real" | "emulated",
  hypervisors: readonly Hypervisor[] = ["kvm", "kvm"],
) {
  return qemuSteps({
    architecture: "x86_64",
    study: madeUpStudy({ resources, hypervisors }),
    ground: { hardware, timing: "wall", memoryDiskBytes: 0 },
    hostCpus: 5,
    condition: undefined,
    topology: HOST,
    files: {
      kernel: "cache/vmlinux",
      initrd: "cache/initrd",
      rootDisk: "cache/root.img",
      scratchDisk: "lab/scratch.img",
      consoleLog: "lab/L0.console",
    },
    bootKernel: "vmlinuz",
    mountPoint: "lab/tree",
    publicKey: "ssh-ed25519 MadeUp dvirt",
    privateKey: "",
  });
}

test("a chain of unlike hypervisors is a fold like any other", () => {
  const steps = stepsOf({ policy: "constant-guest", guest, reserve }, "emulated", ["kvm", "tcg"]);
  expect(steps.map(({ driver }) => driver)).toEqual(["qemu-tcg", "qemu-kvm", "qemu-tcg"]);
  const [l0, l1, l2] = steps.map(({ launch }) => launch.argv.join(" "));
  expect(l0).toContain("-accel tcg,thread=multi,tb-size=1024 ");
  expect(l1).toContain("-accel kvm ");
  // What it has translated must fit into what L1 keeps for itself.
  expect(l2).toContain("-accel tcg,thread=multi,tb-size=128 ");
  expect(l2).toContain("file=/dev/vda,");
});

describe("what is started and how it is confined, level by level", () => {
  test.each(Object.keys(POLICIES))("%s is the golden one", (name) => {
    const resources = POLICIES[name];
    if (resources === undefined) throw new Error(name);
    const lines = (["emulated", "real"] as const).flatMap((hardware) =>
      stepsOf(resources, hardware).flatMap(({ level, launch, confine, pin }) => [
        `# L${level}, ${hardware} hardware: measured ${launch.measured.cpus} CPU(s), ${launch.measured.memoryBytes / MIB} MiB`,
        launch.argv.filter((word) => !word.includes("dvirt.key=")).join(" "),
        // The scripts themselves stand in the source.
        `confine ${confine?.argv.slice(4).join(" ")}`,
        ...(pin === undefined ? [] : [`pin ${pin.argv.slice(4).join(" ")}`]),
      ]),
    );
    expectGolden(`policies/${name}.txt`, `${lines.join("\n")}\n`);
  });
});
