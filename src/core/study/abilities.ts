import type { Timing } from "../base/timing.ts";
import type { Hypervisor } from "./hypervisors.ts";

/** What a platform has less of than a study may ask for. */
export interface PlatformLimits {
  /** The deepest level. */
  readonly deepest: number;
  /** Why there is nothing below it. */
  readonly bottom: string;
  /** Names of the settings that its machines can be given. */
  readonly settings: readonly string[];
  /** CPUs of every level, whatever the host has; absent where the host decides. */
  readonly cpus?: number;
  /** No CPU of a guest can be pinned. */
  readonly pinning?: "none";
}

/** Machines that dvirt makes on this host. */
export interface MadeMachines {
  readonly kind: "made";
  /** Where L0 is always emulated, or can be this host. */
  readonly hardware: "emulated" | "either";
  /** `of the study`: QEMU's computer has either kind of seconds. */
  readonly timing: Timing | "of the study";
}

/** What a platform's machines are. */
export type Machines =
  | MadeMachines
  /** Others made them, and dvirt reaches them by SSH. `started`: it starts and stops them for each boot. */
  | { readonly kind: "given"; readonly guests: "stay up" | "started" }
  /** There are none: figures are drawn from known truth, and every command takes this long. */
  | { readonly kind: "imagined"; readonly commandSeconds: number };

/** What a platform is, and what it can do as far as a study may ask for more. */
export interface Abilities {
  readonly name: string;
  readonly machines: Machines;
  /** Absent where it can do all. */
  readonly limits?: PlatformLimits;
  /** What a study may say runs a guest; absent where that cannot be chosen. */
  readonly hypervisors?: readonly Hypervisor[];
}
