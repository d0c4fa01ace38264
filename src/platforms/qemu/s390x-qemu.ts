import { emulatedPlatform } from "./emulated-lab.ts";

/** A mainframe's processor and channel devices without its virtualization: L0 alone. */
export const s390xQemu = emulatedPlatform({
  name: "s390x-qemu",
  architecture: "s390x",
  limits: {
    deepest: 0,
    bottom: "QEMU emulates no SIE, the instruction that runs a guest of KVM on this architecture",
    settings: ["thp"],
  },
});
