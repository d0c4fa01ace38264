import { ok } from "../core/problem.ts";
import { aarch64Kvm } from "./aarch64-kvm.ts";
import type { Platform } from "./platform.ts";
import { s390xQemu } from "./s390x-qemu.ts";
import { DEFAULT_TRUTH, prepareSimulated, simulatedLaunches } from "./simulated.ts";
import { ssh } from "./ssh.ts";
import { x86Kvm } from "./x86-64-kvm.ts";
import { x86Vmx } from "./x86-64-vmx.ts";
import { zvm } from "./zvm.ts";

/** Known truth instead of machines: for trying the program, never for a figure. */
const SIMULATED: Platform = {
  name: "simulated",
  needs: async () => ({}),
  prepare: async ({ study, seed }) =>
    ok(
      prepareSimulated(study, seed, DEFAULT_TRUTH, Number(process.env["DVIRT_SIMULATED_SECONDS"] ?? "0.002")),
    ),
  preview: simulatedLaunches,
};

/** Every platform that a study can name. */
export const platforms: readonly Platform[] = [x86Kvm, x86Vmx, s390xQemu, aarch64Kvm, ssh, zvm, SIMULATED];

export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found === undefined) throw new Error(`platform ${name} passed the schema and is not registered`);
  return found;
}
