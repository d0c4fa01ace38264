import { type Boards, COMMON_KERNEL_ARGUMENTS, tcg } from "./board.ts";

/** QEMU emulates no SIE, the instruction that runs a guest, so there is no KVM on this computer. */
export const s390x: Boards = {
  emulated: ({ level }) => ({
    program: "qemu-system-s390x",
    machine: ["-accel", tcg(level), "-cpu", "max", "-M", "s390-ccw-virtio"],
    bus: "ccw",
    found: "in order",
    kernelArguments: [...COMMON_KERNEL_ARGUMENTS, "nokaslr"],
  }),
};
