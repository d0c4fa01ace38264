import type { TimedText } from "../../../src/core/machine/snapshot.ts";
import type { GuardInput } from "../../../src/core/trial/guards/guard.ts";
import type { LevelEvidence } from "../../../src/core/trial/observation.ts";
import { fixture } from "../fixture.ts";
import { completed, madeUpObservation } from "./observation.ts";
import { madeUpTrial } from "./trial.ts";

/** What a level's kernel says of itself in a snapshot; every test says what it needs to be different. */
export interface MadeUpSnapshot {
  readonly uptimeSeconds?: number;
  readonly clockSource?: string;
  readonly steal?: number;
  /** Ticks more than at bring-up. */
  readonly busy?: number;
  readonly idle?: number;
  readonly vmstat?: Readonly<Record<string, number>>;
  readonly memTotal?: number;
  readonly hugePages?: string;
  readonly ksm?: number;
  readonly mitigations?: Readonly<Record<string, string>>;
  readonly frequency?: Readonly<Record<string, string>>;
  /** Reads of the root disk. */
  readonly reads?: number;
  readonly kvm?: Readonly<Record<string, number>>;
  readonly log?: readonly string[];
}

export function snapshotText(different: MadeUpSnapshot = {}): string {
  const lines = (given: Readonly<Record<string, string | number>>, between: string) =>
    Object.entries(given)
      .map(([name, value]) => `${name}${between}${value}`)
      .join("\n");
  const vmstat = { pswpin: 0, pswpout: 0, allocstall_normal: 0, oom_kill: 0, ...different.vmstat };
  const vulnerabilities = {
    mds: "Not affected",
    spectre_v2: "Mitigation: Retpolines",
    ...different.mitigations,
  };
  return `== uptime
${(different.uptimeSeconds ?? 100).toFixed(2)} 1.00
== clocksource
${different.clockSource ?? "kvm-clock"}
== stat
cpu  ${500 + (different.busy ?? 0)} 0 300 ${different.idle ?? 200} 0 0 0 ${different.steal ?? 0} 0 0
== vmstat
${lines(vmstat, " ")}
MemTotal:         ${different.memTotal ?? 738708} kB
== transparent-hugepages
${["always", "madvise", "never"].map((one) => (one === (different.hugePages ?? "always") ? `[${one}]` : one)).join(" ")}
== ksm
/sys/kernel/mm/ksm/run:${different.ksm ?? 0}
/sys/kernel/mm/ksm/pages_sharing:0
== mitigations
${lines(Object.fromEntries(Object.entries(vulnerabilities).map(([name, state]) => [`/sys/devices/system/cpu/vulnerabilities/${name}`, state])), ":")}
== frequency
${lines(different.frequency ?? {}, ":")}
== disks
/sys/block/vda/stat:${`    ${different.reads ?? 40}`} 0 320 8 2 0 16 1 0 4 9 0
== kvm-counters
${lines(different.kvm ?? {}, ":")}
== kernel-log
${(different.log ?? ["kern  :info  : [    1.000000] Run /init as init process"]).join("\n")}
`;
}

/** The computer below the stack: busy ticks of all, and dvirt's own. */
export function hostText(busy: number, own: number, idle = 0): string {
  return `== loadavg\n0.5 0.5 0.5 1/100 4242\n== stat\ncpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n== own\ncpus 2\nticks ${own}\n`;
}

export const at = (seconds: number, text: string): TimedText => ({
  text,
  fromSeconds: seconds,
  toSeconds: seconds,
});

/** One level's snapshots: 3 s apart by its own clock and by the host's, the bring-up 200 s before. */
export function evidenceOf(
  level: number,
  before: MadeUpSnapshot = {},
  after: MadeUpSnapshot = {},
): LevelEvidence {
  return {
    level,
    before: snapshotText({ uptimeSeconds: 200, kvm: { exits: 1000, nested_run: 100 }, ...before }),
    after: snapshotText({ uptimeSeconds: 203, idle: 500, kvm: { exits: 9000, nested_run: 2000 }, ...after }),
    times: {
      before: { fromSeconds: 1200, toSeconds: 1200 },
      after: { fromSeconds: 1203, toSeconds: 1203 },
    },
  };
}

export function machineAt(
  level: number,
  atBringUp: MadeUpSnapshot = {},
  facts = fixture(`facts/L${level}.txt`),
) {
  return { level, facts, snapshot: at(1000, snapshotText({ uptimeSeconds: 0, ...atBringUp })) };
}

/** What is held against a sound trial at L2 of an emulated computer: every guard but those of real hardware is fine. */
export function soundInput(): GuardInput {
  return {
    hardware: "emulated",
    timing: "wall",
    imageId: "666063fc3aa77c24",
    declared: undefined,
    machines: [0, 1, 2].map((level) => machineAt(level)),
    reading: {
      metrics: { throughput: 1000, response: 0.000995 },
      more: { threads: 1, events: 2000, elapsedSeconds: 2, responseMaxSeconds: 0.002 },
    },
    observation: madeUpObservation({
      trial: madeUpTrial({ level: 2 }),
      completed: completed({ seconds: 2.5 }),
      evidence: [0, 1, 2].map((level) => evidenceOf(level)),
      host: {
        start: at(1195, hostText(1000, 900)),
        before: at(1200, hostText(1500, 1395)),
        after: at(1203, hostText(1800, 1690)),
      },
    }),
  };
}
