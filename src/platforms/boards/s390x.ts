import { type Boards, COMMON_KERNEL_ARGUMENTS } from "./board.ts";

/** QEMU emulates no SIE, the instruction that runs a guest, so there is no KVM on this computer. */
export const s390x: Boards = {
  emulated: () => ({
    program: "qemu-system-s390x",
    machine: ["-accel", "tcg,thread=multi,tb-size=1024", "-cpu", "max", "-M", "s390-ccw-virtio"],
    bus: "ccw",
    kernelArguments: [...COMMON_KERNEL_ARGUMENTS, "nokaslr"],
  }),
};
