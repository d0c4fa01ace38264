import { USUAL_DESIGN } from "../../core/settings/setting.ts";
import { backedBy, memoryFlags } from "../guest-spec.ts";
import { type Boards, COMMON_KERNEL_ARGUMENTS, tcg } from "./board.ts";

const PROGRAM = "qemu-system-s390x";
const KERNEL_ARGUMENTS = [...COMMON_KERNEL_ARGUMENTS, "nokaslr"];

/** QEMU emulates no SIE, the instruction that runs a guest, so there is no KVM on its computer; on Hercules' there is. */
export const s390x: Boards = {
  emulated: ({ level }) => ({
    program: PROGRAM,
    machine: ["-accel", tcg(level), "-cpu", "max", "-M", "s390-ccw-virtio"],
    bus: "ccw",
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
      backedBy("s390-ccw-virtio", spec),
      ...memoryFlags(spec),
    ],
    bus: "ccw",
    found: "in any order",
    // Linux sees Hercules' topology facility here whatever its processor offers; src/images/guest/kvm-hercules.c says more.
    kernelArguments: [...KERNEL_ARGUMENTS, "topology=off", "cryptomgr.notests"],
  }),
};
