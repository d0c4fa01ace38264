import type { Abilities } from "../../../src/core/study/abilities.ts";

/** A platform that makes machines and can do all, unless it says otherwise. */
export function madeUpPlatform(name: string, different: Partial<Abilities> = {}): Abilities {
  return { name, machines: { kind: "made", hardware: "either", timing: "wall" }, ...different };
}
