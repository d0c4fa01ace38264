import { mebibytes } from "../core/units.ts";
import type { XenHost } from "./guest-spec.ts";

/** What Xen is told: the memory and CPUs of its domain 0, and where its console is. */
export function xenArguments({ domain0Bytes, emulated }: XenHost, cpus: number): string {
  const memory = mebibytes(domain0Bytes);
  return [
    `dom0_mem=${memory}M,max:${memory}M`,
    `dom0_max_vcpus=${cpus}`,
    "com1=115200,8n1",
    "console=com1",
    "loglvl=warning",
    "guest_loglvl=warning",
    // QEMU's TCG reads the stack of IRET as the supervisor even in ring 3, where domain 0's kernel runs, and faults; and
    // with XSAVE processes died and streams broke in every stack that was seen.
    ...(emulated ? ["smap=0", "xsave=0"] : []),
  ].join(" ");
}
