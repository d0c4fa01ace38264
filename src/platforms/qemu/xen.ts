import { ok, type Problem } from "../../core/base/problem.ts";
import { mebibytes } from "../../core/base/units.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import type { Given } from "../steps/given.ts";
import type { GuestSpec } from "../steps/guest-spec.ts";
import { hypervisorStep } from "../steps/hypervisor-step.ts";
import { XEN_GUEST_KERNEL_ARGUMENTS } from "./boards/x86-64.ts";
import { kernelArguments } from "./qemu.ts";

/** A guest of Xen in the mode PVH, made by the domain 0 that the parent is. */
export function xenStep(spec: GuestSpec, privateKey: string, given: Given): PlatformStep {
  const step = hypervisorStep(
    spec,
    {
      driver: "xen",
      argv: xenGuestArgv(spec),
      check: { script: XEN_CHECK, problems: (answer) => xenHostProblems(answer, spec.level) },
    },
    privateKey,
    given,
  );
  return {
    ...step,
    start: async (parent, signal) => {
      const started = await step.start(parent, signal);
      if (!started.ok) return started;
      const machine = started.value;
      return ok({
        ...machine,
        // What is measured on the parent on the way down is not to run beside the end of its guest.
        dispose: async () => {
          await machine.dispose();
          const gone = ["sh", "-c", GONE, "-", `/run/dvirt/${nameOf(spec)}`];
          await parent.run({ argv: gone, timeoutSeconds: 60 }, AbortSignal.timeout(60_000));
        },
      });
    },
  };
}

/** The program for the guest removes its folder when the guest is gone. */
const GONE = 'while ls -d "$1".* >/dev/null 2>&1; do sleep 0.2; done';

function nameOf({ level }: GuestSpec): string {
  return `dvirt-L${level}`;
}

/** The image's program for it stands for QEMU's: its input and output are the guest's control channel. */
export function xenGuestArgv(spec: GuestSpec): readonly string[] {
  return ["/usr/lib/dvirt/xen-guest", nameOf(spec), configuration(spec)];
}

/** In the format of xl.cfg(5) of Xen 4.17. */
function configuration(spec: GuestSpec): string {
  const { files, size } = spec;
  const disks = [
    ["xvda", files.rootDisk, "ro"],
    ["xvdb", files.scratchDisk, "rw"],
    ...(files.dataDisk === undefined ? [] : [["xvdc", files.dataDisk, "ro"] as const]),
  ];
  const own = [...XEN_GUEST_KERNEL_ARGUMENTS, "dvirt.xen=guest", `dvirt.xvd=${disks.length}`];
  const memory = mebibytes(size.memoryBytes);
  return [
    `name = "${nameOf(spec)}"`,
    'type = "pvh"',
    `vcpus = ${size.cpus}`,
    `memory = ${memory}`,
    `maxmem = ${memory}`,
    `kernel = "${files.kernel}"`,
    `ramdisk = "${files.initrd}"`,
    `cmdline = "${kernelArguments(spec, own)}"`,
    // Xen would emulate the time stamp counter, and QEMU's TCG reports RDTSCP in a way that it does not understand.
    'tsc_mode = "native"',
    `disk = [ ${disks.map(([name, device, access]) => `"format=raw, vdev=${name}, access=${access}, script=/usr/lib/dvirt/xen-block, target=${device}"`).join(", ")} ]`,
    'on_poweroff = "destroy"',
    'on_reboot = "destroy"',
    'on_crash = "destroy"',
  ].join("\n");
}

/** The last that the image's script for a domain 0 says. */
const READY = "dvirt: domain 0 is ready";

/** Says what a machine offers to a guest of Xen, a line each. */
const XEN_CHECK = `
cat /sys/hypervisor/type 2>/dev/null
grep -o control_d /proc/xen/capabilities 2>/dev/null
cat /run/dvirt/xen.log 2>/dev/null
true
`;

/** What stands in the way of a guest of Xen on a machine that answered XEN_CHECK so. */
export function xenHostProblems(answer: string, level: number): readonly Problem[] {
  const lines = answer.split("\n");
  if (["xen", "control_d", READY].every((line) => lines.includes(line))) return [];
  const [guest, parent] = [`L${level}`, `L${level - 1}`];
  const shown = !lines.includes("xen")
    ? "is not on Xen"
    : lines.includes("control_d")
      ? "is one whose daemons did not start"
      : "is another domain";
  return [
    {
      code: "no-xen",
      at: guest,
      what: `${guest} needs a domain 0 of Xen, and ${parent} ${shown}`,
      hint: `dvirt shell ${level - 1} --study STUDY opens a shell there; what its daemons said is below`,
      evidence: lines.filter((line) => !["xen", "control_d", ""].includes(line)).join("\n"),
    },
  ];
}
