import { ok } from "../core/problem.ts";
import { aarch64Kvm } from "./aarch64-kvm.ts";
import type { Platform } from "./platform.ts";
import { s390xHercules } from "./s390x-hercules.ts";
import { s390xQemu } from "./s390x-qemu.ts";
import { COSTLY_TRUTH, DEFAULT_TRUTH, prepareSimulated, simulatedLaunches, type Truth } from "./simulated.ts";
import { ssh } from "./ssh.ts";
import { x86Kvm } from "./x86-64-kvm.ts";
import { x86Vmx } from "./x86-64-vmx.ts";
import { zvm } from "./zvm.ts";

/** Known truth instead of machines: for trying the program, never for a figure. */
function simulated(name: string, truth: Truth): Platform {
  return {
    name,
    needs: async () => ({}),
    prepare: async ({ study, seed }) =>
      ok(prepareSimulated(study, seed, truth, Number(process.env["DVIRT_SIMULATED_SECONDS"] ?? "0.002"))),
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
