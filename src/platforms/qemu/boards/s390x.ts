import { boardsOf } from "./board.ts";

/** QEMU emulates no SIE, the instruction that runs a guest, so there is no KVM on its computer; on Hercules' there is. */
export const s390x = boardsOf({
  program: "qemu-system-s390x",
  bus: "ccw",
  emulated: { processor: "max", board: "s390-ccw-virtio" },
  // Linux sees Hercules' topology facility here whatever its processor offers; src/images/guest/kvm-hercules.c says more.
  kvm: { board: "s390-ccw-virtio", kernelArguments: ["topology=off"] },
});
