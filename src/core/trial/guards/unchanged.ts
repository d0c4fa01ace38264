import type { Snapshot } from "../../machine/snapshot.ts";
import { doubt, eachLevel, fine, type Guard, type LevelAround, unknown } from "./guard.ts";

/** Another clock source has another cost to read and may run at another rate; a kernel changes it when one is unstable. */
export const clockSource = unchanged(
  "clock-source",
  "clock source",
  (snapshot) => snapshot.clockSource,
  (facts) => facts.get("clocksource")?.trim(),
);

/** Transparent huge pages decide how far a page-table walk goes, at every level. */
export const hugePages = unchanged(
  "huge-pages",
  "transparent huge pages",
  (snapshot) => snapshot.hugePages,
  (facts) => /\[(\w+)\]/.exec(facts.get("transparent-hugepages") ?? "")?.[1],
);

/** KSM merges equal pages of guests behind their backs: it takes CPU time, and every write to such a page faults. */
export const pageSharing = unchanged("page-sharing", "KSM", (snapshot) => snapshot.pageSharing);

/** A balloon takes memory from a guest while it runs; its kernel then counts less in all. */
export const memorySize = unchanged(
  "memory-size",
  "memory",
  ({ memory }) => {
    const bytes = memory.get("MemTotal");
    return bytes === undefined ? undefined : `${bytes / 1024} KiB`;
  },
  (facts) => /^MemTotal:\s+(\d+ k)B$/m.exec(facts.get("memory") ?? "")?.[1]?.replace("k", "KiB"),
);

/** On a host with VMX it also says whether a guest is running just then: `KVM: Mitigation: VMX disabled` where none is. */
const MOVES_WITH_GUESTS = "itlb_multihit";

/** What the kernel does against its processor's weaknesses costs at every entry and exit; some of it can be switched. */
export const mitigations = unchanged("mitigations", "mitigations", ({ mitigations: states }) =>
  states.size === 0
    ? undefined
    : [...states]
        .filter(([name]) => name !== MOVES_WITH_GUESTS)
        .map(([name, state]) => `${name} (${state})`)
        .join(", "),
);

/**
 * Something that must be the same from bring-up to the end of a trial, at every level. Where a machine did not say
 * it at one of these times, it is unknown whether it was. At bring-up the facts may say what the snapshot does not.
 */
function unchanged(
  name: string,
  what: string,
  read: (snapshot: Snapshot) => string | undefined,
  fromFacts: (facts: LevelAround["facts"]) => string | undefined = () => undefined,
): Guard {
  const check = ({ level, before, after, atBringUp, facts }: LevelAround) => {
    const times = [
      ["at bring-up", (atBringUp && read(atBringUp)) ?? fromFacts(facts)],
      ["before", read(before)],
      ["after", read(after)],
    ] as const;
    const missing = times.filter(([, value]) => value === undefined).map(([when]) => when);
    if (missing.length > 0) return unknown(`L${level}: no ${what} ${missing.join(", ")}`);
    if (new Set(times.map(([, value]) => value)).size === 1) return fine("");
    return doubt(`L${level}: ${what} was ${times.map(([when, value]) => `${value} ${when}`).join(", ")}`);
  };
  return { name, check: (input) => eachLevel(input, `${what} stayed the same at every level`, check) };
}
