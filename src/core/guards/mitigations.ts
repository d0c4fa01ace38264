import type { Snapshot } from "../snapshot.ts";
import { type Guard, unchanged } from "./guard.ts";

/** What the kernel does against its processor's weaknesses costs at every entry and exit; some of it can be switched. */
export const mitigations: Guard = {
  name: "mitigations",
  check: (input) => unchanged(input, "mitigations", text, ({ atBringUp }) => atBringUp && text(atBringUp)),
};

function text({ mitigations: states }: Snapshot): string | undefined {
  return states.size === 0 ? undefined : [...states].map(([name, state]) => `${name} (${state})`).join(", ");
}
