import { emulatedPlatform } from "./emulated-lab.ts";

/** KVM at EL2 of an emulated computer: L0, and L1 in it. */
export const aarch64Kvm = emulatedPlatform({
  name: "aarch64-kvm",
  architecture: "aarch64",
  hypervisors: ["kvm", "tcg"],
  limits: {
    deepest: 1,
    bottom: "the image's kernel gives a guest of KVM no EL2 of its own, so that there is no KVM in it",
    settings: ["thp", "mitigations", "cache"],
  },
});
