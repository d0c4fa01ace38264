import type { Problem } from "../base/problem.ts";

/** What trying KVM on a machine showed. */
export interface KvmTrial {
  /** Why the stack cannot stand on this machine's KVM; empty where nothing is known against it. */
  readonly obstacles: readonly Problem[];
  /** Only a guest that booted proves KVM: a device may open, create a machine, and then fail to run it. */
  readonly proof:
    | { readonly kind: "booted"; readonly seconds: number }
    | { readonly kind: "none"; readonly why: string };
}

/** Where L0 is to be, and why. */
export interface ChosenHardware {
  readonly hardware: "real" | "emulated";
  readonly why: string;
}

/** Real hardware where nothing is known against it: what `run` decides, and what `doctor` says it would. */
export function hardwareFor({ obstacles, proof }: KvmTrial): ChosenHardware {
  const [obstacle] = obstacles;
  if (obstacle !== undefined) return { hardware: "emulated", why: obstacle.what };
  return { hardware: "real", why: proof.kind === "booted" ? "a tiny KVM guest booted" : proof.why };
}

/** The one line for a person. */
export function hardwareText({ hardware, why }: ChosenHardware): string {
  return `hardware: ${hardware} (${why})`;
}
