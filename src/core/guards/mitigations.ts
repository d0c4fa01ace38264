import type { Snapshot } from "../snapshot.ts";
import { type Guard, unchanged } from "./guard.ts";

/** What the kernel does against its processor's weaknesses costs at every entry and exit; some of it can be switched. */
export const mitigations: Guard = {
  name: "mitigations",
  check: (input) => unchanged(input, "mitigations", text, ({ atBringUp }) => atBringUp && text(atBringUp)),
};

/** On a host with VMX it also says whether a guest is running just then: `KVM: Mitigation: VMX disabled` where none is. */
const MOVES_WITH_GUESTS = "itlb_multihit";

function text({ mitigations: states }: Snapshot): string | undefined {
  if (states.size === 0) return undefined;
  return [...states]
    .filter(([name]) => name !== MOVES_WITH_GUESTS)
    .map(([name, state]) => `${name} (${state})`)
    .join(", ");
}
