import { USUAL_DESIGN } from "../../core/settings/setting.ts";
import { backedBy, memoryFlags } from "../guest-spec.ts";
import { type Boards, COMMON_KERNEL_ARGUMENTS, tcg } from "./board.ts";

const PROGRAM = "qemu-system-aarch64";
const KERNEL_ARGUMENTS = [...COMMON_KERNEL_ARGUMENTS, "nokaslr"];

/**
 * The emulated computer starts its kernel at EL2, where KVM lives. Pointer authentication is left out: TCG works out
 * its cipher at every call and return.
 */
export const aarch64: Boards = {
  emulated: ({ level }) => ({
    program: PROGRAM,
    machine: ["-accel", tcg(level), "-cpu", "max,pauth=off", "-M", "virt,gic-version=3,virtualization=on"],
    bus: "device",
    found: "in any order",
    kernelArguments: KERNEL_ARGUMENTS,
  }),
  kvm: (spec) => ({
    program: PROGRAM,
    machine: [
      "-accel",
      "kvm",
      "-cpu",
      (spec.design ?? USUAL_DESIGN).cpuModel,
      "-M",
      backedBy("virt,gic-version=host", spec),
      ...memoryFlags(spec),
    ],
    bus: "device",
    found: "in any order",
    kernelArguments: [...KERNEL_ARGUMENTS, "cryptomgr.notests"],
  }),
};
