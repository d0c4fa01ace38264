import { boardsOf } from "./board.ts";

/**
 * The emulated computer starts its kernel at EL2, where KVM lives. Pointer authentication is left out: TCG works out
 * its cipher at every call and return.
 */
export const aarch64 = boardsOf({
  program: "qemu-system-aarch64",
  bus: "device",
  emulated: { processor: "max,pauth=off", board: "virt,gic-version=3,virtualization=on" },
  kvm: { board: "virt,gic-version=host" },
});
