import { type MachineDesign, USUAL_DESIGN } from "../../../core/study/settings/setting.ts";
import { type GuestSpec, memoryFlags } from "../../steps/guest-spec.ts";
import { type Board, type Boards, COMMON_KERNEL_ARGUMENTS, foundIn, tcg, underKvm } from "./board.ts";

const PROGRAM = "qemu-system-x86_64";

/** cmos_init is left out because without an RTC it waits for one: 7 s at L1, minutes at L2. */
const KERNEL_ARGUMENTS = [
  ...COMMON_KERNEL_ARGUMENTS,
  "reboot=t",
  "nokaslr",
  "tsc=reliable",
  "no_timer_check",
  "random.trust_cpu=on",
  "initcall_blacklist=cmos_init",
];

/** A guest of Xen has no computer around it whose parts could be looked for in vain. */
export const XEN_GUEST_KERNEL_ARGUMENTS = [...KERNEL_ARGUMENTS, "cryptomgr.notests"];

/**
 * The emulated computer has AMD SVM with nested paging. Without erms and fsrm the kernel copies with plain loops,
 * which TCG runs faster than string instructions.
 */
export const x86_64: Boards = {
  emulated: (spec) => ({
    program: spec.program ?? PROGRAM,
    machine: [...tcg(spec), "-cpu", "max,-erms,-fsrm", "-M", "pc"],
    bus: "pci",
    found: foundIn("in order", spec),
    kernelArguments: KERNEL_ARGUMENTS,
  }),
  kvm: (spec) => ({ ...kvmBoard(spec), machine: [...kvmBoard(spec).machine, ...memoryFlags(spec)] }),
};

/** Without the flags for its memory: also what the probe boots, so that what it proves is what the guests then use. */
export function kvmBoard(spec: Pick<GuestSpec, "counted" | "design" | "memory" | "xen">): Board {
  const design = spec.design ?? USUAL_DESIGN;
  const name = spec.xen === undefined ? boardOf(design) : "pc";
  return {
    program: PROGRAM,
    // The guest leaves at the end of each interrupt: where QEMU counts, it would deliver some of them twice (adr/0008).
    machine: underKvm(BOARDS[name], spec, spec.counted ? ["kvm-pv-eoi=off"] : []),
    bus: name === "pc" ? "pci" : "device",
    found: "in order",
    kernelArguments: [...KERNEL_ARGUMENTS, "cryptomgr.notests"],
  };
}

type BoardName = "microvm" | "pc";

/** microvm boots faster than a PCI machine, most of all when nested, and has no PCI bus. Xen boots on a PC only. */
function boardOf({ disk, nic }: MachineDesign): BoardName {
  return disk === "ide" || nic === "e1000" ? "pc" : "microvm";
}

const BOARDS: Readonly<Record<BoardName, string>> = {
  microvm: "microvm,acpi=on,pic=off,pit=off,rtc=off,isa-serial=off",
  pc: "pc",
};
