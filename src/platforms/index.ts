import { ok } from "../core/base/problem.ts";
import type { Truth } from "../core/machine/provenance.ts";
import { x86Vmx } from "./bochs/x86-64-vmx.ts";
import { s390xHercules } from "./hercules/s390x-hercules.ts";
import type { Platform } from "./platform.ts";
import { aarch64Kvm } from "./qemu/aarch64-kvm.ts";
import { s390xQemu } from "./qemu/s390x-qemu.ts";
import { x86Kvm } from "./qemu/x86-64-kvm.ts";
import { COSTLY_TRUTH, DEFAULT_TRUTH, setUpSimulated, simulatedLaunches } from "./simulated.ts";
import { ssh } from "./ssh/ssh.ts";
import { zvm } from "./zvm/zvm.ts";

/** Known truth instead of machines: for trying the program, never for a figure. */
function simulated(name: string, truth: Truth): Platform {
  const commandSeconds = Number(process.env["DVIRT_SIMULATED_SECONDS"] ?? "0.002");
  return {
    name,
    machines: { kind: "imagined", commandSeconds },
    needs: async () => ({}),
    setUp: async ({ study, seed }) => ok(setUpSimulated(study, seed, truth, commandSeconds)),
    preview: simulatedLaunches,
  };
}

const SIMULATED: readonly Platform[] = [
  simulated("simulated", DEFAULT_TRUTH),
  simulated("simulated-costly", COSTLY_TRUTH),
];

/** Every platform that a study can name. */
export const platforms: readonly Platform[] = [
  x86Kvm,
  x86Vmx,
  s390xQemu,
  s390xHercules,
  aarch64Kvm,
  ssh,
  zvm,
  ...SIMULATED,
];

export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found === undefined) throw new Error(`platform ${name} passed the schema and is not registered`);
  return found;
}
