import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Driver } from "../../../../src/core/machine/driver.ts";
import { kvmCounters, readHostSnapshot, readSnapshot } from "../../../../src/core/machine/snapshot.ts";
import type { GuardInput } from "../../../../src/core/trial/guards/guard.ts";
import { guardResults, guards } from "../../../../src/core/trial/guards/index.ts";
import { kernelLog } from "../../../../src/core/trial/guards/kernel-log.ts";
import type { LevelEvidence } from "../../../../src/core/trial/observation.ts";
import { parseSysbench } from "../../../../src/workloads/sysbench.ts";
import { fixture } from "../../fixture.ts";
import {
  at,
  evidenceOf,
  hostText,
  type MadeUpSnapshot,
  machineAt,
  snapshotText,
  soundInput,
} from "../../made-up/guard-input.ts";
import { completed } from "../../made-up/observation.ts";
import { madeUpTrial } from "../../made-up/trial.ts";

const SOUND = soundInput();

/** The sound trial with another observation around the same machines. */
function observing(
  different: Partial<GuardInput["observation"]>,
  rest: Partial<GuardInput> = {},
): GuardInput {
  return { ...SOUND, ...rest, observation: { ...SOUND.observation, ...different } };
}

/** The sound trial in which one level's snapshots say something else. */
function withLevel(level: number, before: MadeUpSnapshot, after: MadeUpSnapshot): GuardInput {
  return replacing(level, evidenceOf(level, before, after));
}

function replacing(level: number, evidence: LevelEvidence): GuardInput {
  return observing({
    evidence: SOUND.observation.evidence.map((one) => (one.level === level ? evidence : one)),
  });
}

/** The sound trial at L2 after a bring-up at which one level's snapshot said something else. */
function broughtUp(level: number, atBringUp: MadeUpSnapshot): GuardInput {
  return {
    ...SOUND,
    machines: SOUND.machines.map((one) => (one.level === level ? machineAt(level, atBringUp) : one)),
  };
}

function reading(more: Partial<Readonly<Record<string, number>>>, rest: Partial<GuardInput["reading"]> = {}) {
  const all = { ...SOUND.reading.more, ...more };
  const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return {
    ...SOUND.reading,
    ...rest,
    more: Object.fromEntries(Object.entries(known).map(([k, v]) => [k, v ?? 0])),
  };
}

/** What the guards other than `fine` say, as `doubt steal`. */
function said(input: GuardInput): readonly string[] {
  return guardResults(input)
    .filter(({ kind }) => kind !== "fine")
    .map(({ guard, kind }) => `${kind} ${guard}`);
}

/** The same trial where the host's clock says nothing of the machine's. */
function counted(input: GuardInput): GuardInput {
  return { ...input, timing: "counted" };
}

function sentence(input: GuardInput, guard: string): string {
  return guardResults(input).find((one) => one.guard === guard)?.sentence ?? "";
}

/** Nobody sees the frequency of an emulated computer; each kind of time has guards of its own. */

const BY_TIME = {
  wall: ["unknown host-disk"],
  counted: ["unknown clock-rate", "unknown other-load"],
  functional: [],
} as const;

/** What guards say of it beside what they say of any trial. */
function saidMore(input: GuardInput): readonly string[] {
  const usual: readonly string[] = ["unknown cpu-frequency", ...BY_TIME[input.timing]];
  return said(input).filter((one) => !usual.includes(one));
}

test("a sound trial is doubted by nobody", () => {
  expect(saidMore(SOUND)).toEqual([]);
});

test("guards have names of their own", () => {
  expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
});

describe("a guard fires on its cause, alone, and says what it saw:", () => {
  const cases: readonly (readonly [guard: string, cause: string, input: GuardInput, says: string])[] = [
    [
      "clock-rate",
      "a clock 5% fast during the trial",
      withLevel(1, { uptimeSeconds: 200 }, { uptimeSeconds: 203.15 }),
      "L1's clock ran fast, by 4.3% at least during the trial (3.2 s by its own count)",
    ],
    [
      "clock-rate",
      "a clock 5% slow since the bring-up, seen with answers that took a second",
      replacing(2, {
        ...evidenceOf(2, { uptimeSeconds: 190 }, { uptimeSeconds: 192.85 }),
        times: {
          before: { fromSeconds: 1199.5, toSeconds: 1200.5 },
          after: { fromSeconds: 1202.5, toSeconds: 1203.5 },
        },
      }),
      "L2's clock ran slow, by 4.8% at least since the bring-up (192.8 s by its own count)",
    ],
    [
      "clock-rate",
      "a workload that says it ran for longer than it was waited for",
      observing({ completed: completed({ seconds: 1.9 }) }),
      "the workload says that it ran for 2.00 s, the host waited 1.90 s for it",
    ],
    [
      "clock-source",
      "a clock source that was changed before the trial",
      broughtUp(0, { clockSource: "tsc" }),
      "L0: clock source was tsc at bring-up, kvm-clock before, kvm-clock after",
    ],
    [
      "littles-law",
      "more at work than there are",
      { ...SOUND, reading: reading({}, { metrics: { throughput: 1000, response: 0.0011 } }) },
      "1.10 threads at work on average (throughput × mean response time) of 1: more than there are",
    ],
    [
      "littles-law",
      "threads that sat idle",
      { ...SOUND, reading: reading({ threads: 2 }) },
      "0.99 threads at work on average (throughput × mean response time) of 2: each was idle for 1.00 s, where start, end and counting explain 0.29 s",
    ],
    [
      "littles-law",
      "events so short that the tool is busy with itself",
      {
        ...SOUND,
        reading: reading(
          { events: 26_746_640, elapsedSeconds: 2 },
          { metrics: { throughput: 13_373_319.8, response: 3.72542 / 133_738_547 } },
        ),
      },
      "0.37 threads at work on average (throughput × mean response time) of 1: each was idle for 1.25 s, where start, end and counting explain 0.65 s; a transaction takes 0.0279 µs, so that most of this may be the tool's own work: make it longer",
    ],
    [
      "errors",
      "transactions that failed and connections that were lost",
      { ...SOUND, reading: reading({ events: 11_404, errors: 1249, reconnects: 3 }) },
      "1249 transactions failed and were ignored, 9.87% of all; 3 connections were lost and made again",
    ],
    [
      "errors",
      "a connection that was lost",
      { ...SOUND, reading: reading({ errors: 0, reconnects: 1 }) },
      "1 connections were lost and made again",
    ],
    [
      "steal",
      "a level that lost a tenth of its time",
      withLevel(0, {}, { steal: 40, idle: 500 }),
      "L0 was not let run for 11.8% of its CPU time (steal), more than 2%",
    ],
    [
      "other-load",
      "somebody else at work during the trial",
      observing({ host: { ...hostOf(), after: at(1203, hostText(1800, 1550)) } }),
      "others used 0.48 of the host's 2 CPUs during the trial",
    ],
    [
      "other-load",
      "somebody else at work before it",
      observing({ host: { ...hostOf(), start: at(1195, hostText(1000, 1200)) } }),
      "others used 0.61 of the host's 2 CPUs just before the trial",
    ],
    [
      "memory-pressure",
      "a page from swap",
      withLevel(1, {}, { vmstat: { pswpin: 3 } }),
      "L1: 3 pages came back from swap",
    ],
    [
      "host-disk",
      "a read of the root disk in counted time",
      counted(withLevel(0, {}, { reads: 43 })),
      "L0 made 3 request(s) of disks of the host",
    ],
    [
      "memory-pressure",
      "pages to swap",
      withLevel(0, {}, { vmstat: { pswpout: 70 } }),
      "L0: 70 pages went out to swap",
    ],
    [
      "memory-pressure",
      "a killed process",
      withLevel(1, {}, { vmstat: { oom_kill: 1 } }),
      "L1: 1 processes were killed for want of memory",
    ],
    [
      "memory-pressure",
      "direct reclaim",
      withLevel(2, {}, { vmstat: { allocstall_normal: 2 } }),
      "L2: 2 allocations had to free memory first (direct reclaim)",
    ],
    [
      "memory-size",
      "a balloon",
      withLevel(2, {}, { memTotal: 500_000 }),
      "L2: memory was 738708 KiB at bring-up, 738708 KiB before, 500000 KiB after",
    ],
    [
      "kernel-log",
      "a warning",
      withLevel(
        1,
        { log: ["kern  :info  : [ 1.0] up"] },
        {
          log: [
            "kern  :info  : [ 1.0] up",
            "kern  :info  : [ 2.0] hello",
            "user  :warn  : [ 3.0] WARNING: bad",
          ],
        },
      ),
      'L1: the kernel said "WARNING: bad"',
    ],
    [
      "kernel-log",
      "more lines than are kept",
      withLevel(
        1,
        { log: ["kern  :info  : [ 1.0] up"] },
        { log: ["kern  :info  : [ 8.0] a", "kern  :info  : [ 9.0] b"] },
      ),
      "L1: the kernel said more than the 2 lines that were kept",
    ],
    [
      "huge-pages",
      "huge pages switched off during the trial",
      withLevel(0, {}, { hugePages: "never" }),
      "L0: transparent huge pages was always at bring-up, always before, never after",
    ],
    [
      "page-sharing",
      "KSM switched on",
      withLevel(1, { ksm: 1 }, { ksm: 1 }),
      "L1: KSM was 0 at bring-up, 1 before, 1 after",
    ],
    [
      "mitigations",
      "one that was switched off",
      withLevel(1, {}, { mitigations: { spectre_v2: "Vulnerable" } }),
      "mds (Not affected), spectre_v2 (Vulnerable) after",
    ],
    [
      "image",
      "another image",
      { ...SOUND, imageId: "0123456789abcdef" },
      "L0 booted image 666063fc3aa77c24, the run was made with 0123456789abcdef; L1",
    ],
    [
      "depth",
      "no hypervisor below a guest",
      {
        ...SOUND,
        machines: [
          machineAt(0),
          machineAt(1),
          machineAt(2, {}, fixture("facts/L2.txt").replace(" hypervisor ", " ")),
        ],
      },
      "L2's processor says that there is no hypervisor below it",
    ],
    [
      "depth",
      "no entry into a guest's guest",
      withLevel(0, { kvm: { exits: 1, nested_run: 7 } }, { kvm: { exits: 9, nested_run: 7 } }),
      "KVM at L0 counted no entry into a guest's guest during the trial",
    ],
    [
      "depth",
      "no exit of the guest",
      withLevel(1, { kvm: { exits: 7, nested_run: 0 } }, { kvm: { exits: 7, nested_run: 0 } }),
      "KVM at L1 counted no exit of a guest during the trial",
    ],
  ];

  test.each(cases)("%s on %s", (guard, _cause, input, says) => {
    expect(saidMore(input)).toEqual([`doubt ${guard}`]);
    expect(sentence(input, guard)).toContain(says);
  });

  test("cpu-frequency on throttling and on another governor, not on a frequency that moves", () => {
    const was = {
      "cpu0/cpufreq/scaling_cur_freq": "800000",
      "cpu0/cpufreq/scaling_governor": "performance",
      "cpu0/thermal_throttle/core_throttle_count": "4",
    };
    const moved = { ...was, "cpu0/cpufreq/scaling_cur_freq": "3600000" };
    expect(said(withLevel(0, { frequency: was }, { frequency: moved }))).not.toContain("doubt cpu-frequency");
    const hot = { ...was, "cpu0/thermal_throttle/core_throttle_count": "5" };
    const input = withLevel(0, { frequency: was }, { frequency: hot });
    expect(said(input)).toContain("doubt cpu-frequency");
    expect(sentence(input, "cpu-frequency")).toContain("core_throttle_count went from 4 to 5");
    const lazy = { ...was, "cpu0/cpufreq/scaling_governor": "powersave" };
    expect(said(withLevel(0, { frequency: was }, { frequency: lazy }))).toContain("doubt cpu-frequency");
  });
});

describe("kernel logs of the field", () => {
  const said = (text: string) => {
    const [before = "", after = ""] = text.split("--after--\n").map((part) => part.trimEnd());
    return kernelLog.check(withLevel(1, { log: before.split("\n") }, { log: after.split("\n") }));
  };
  const adding = (line: string) =>
    said(`kern  :info  : [ 1.0] up\n--after--\nkern  :info  : [ 1.0] up\n${line}`);

  test.each(["C01-kvm-prefix.log", "C03-ufw.log", "C06-multiline.log"])("%s is ordinary", (name) => {
    expect(said(fixture(`cases/${name}`)).kind).toBe("fine");
  });

  test.each([
    "kern  :warn  : [ 2.0] FINAL_REJECT: IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=192.0.2.1",
    "kern  :warn  : [ 2.0] IN=br0 OUT=br0 PHYSIN=vnet0 PHYSOUT=eth0 SRC=2001:0db8:0000:0000:0000:0000:0000:0001",
    "kern  :warn  : [ 2.0] IPv4: martian source 192.0.2.1 from 198.51.100.7, on dev eth0",
    "kern  :err   : [ 2.0] kvm_intel: kvm [2044]: vcpu0, guest rIP: 0xffffffff8106 disabled perfctr wrmsr: 0xc2 data 0xffff",
    "kern  :err   : [ 2.0] kvm: kvm [2044]: ignored rdmsr: 0x1c9 data 0x0",
    "kern  :notice: [ 2.0] first\n  second line of it\n\tthird",
  ])("%j is ordinary", (line) => {
    expect(adding(line).kind).toBe("fine");
  });

  test("a warning of two lines is one", () => {
    expect(adding("kern  :warn  : [ 2.0] something broke\nbecause of that").sentence).toBe(
      'L1: the kernel said "something broke"',
    );
  });

  test.each([
    ["server 192.0.2.26 not responding", "server (address) not responding"],
    ["eth0: 02:00:00:00:00:01 left", "eth0: (address) left"],
    ["neighbour 2001:db8::1 and fe80::1%eth0 lost", "neighbour (address) and (address) lost"],
    ["pcieport 0000:03:00.0: AER: Corrected error", "pcieport 0000:03:00.0: AER: Corrected error"],
    ["BOOTIF 01-02-00-00-00-00-01", "BOOTIF (address)"],
  ])("of %j no address reaches a sentence", (words, shown) => {
    expect(adding(`kern  :warn  : [ 2.0] ${words}`).sentence).toBe(
      `L1: the kernel said ${JSON.stringify(shown)}`,
    );
  });
});

describe("a kernel of before 5.14", () => {
  const counters = (each: number) =>
    Object.fromEntries(
      fixture("cases/C43-debugfs-5.4.txt")
        .trim()
        .split(" ")
        .map((name) => [name, each]),
    );

  test("is said not to count entries into guests' guests, where its other counters can be read", () => {
    const input = withLevel(0, { kvm: counters(1) }, { kvm: counters(2) });
    expect(guards.find(({ name }) => name === "depth")?.check(input)).toEqual({
      kind: "unknown",
      sentence: "the kernel at L0 does not count nested_run (x86 kernels do since 5.14)",
    });
  });
});

describe("sysbench of the field", () => {
  const said = (name: string, guard: string) => {
    const read = parseSysbench(fixture(`cases/${name}.txt`));
    if (!read.ok) throw new Error(name);
    return guards.find((one) => one.name === guard)?.check({ ...SOUND, reading: read.value });
  };

  test("says that threads were busy for a third of the time with events of 28 ns", () => {
    expect(said("C12-sysbench-1.0.20-histogram-m1", "littles-law")).toEqual({
      kind: "doubt",
      sentence: expect.stringMatching(/^0\.37 threads at work .* make it longer$/),
    });
  });

  test("says that a tenth of the transactions failed", () => {
    expect(said("C13-sysbench-errors", "errors")).toEqual({
      kind: "doubt",
      sentence:
        "1249 transactions failed and were ignored, 9.87% of all; 3 connections were lost and made again",
    });
  });
});

describe("what cannot be read is unknown, never fine:", () => {
  test("everything of a trial without evidence", () => {
    const input = observing({ evidence: [] }, { imageId: undefined });
    const { host: _, ...bare } = input.observation;
    expect(
      said({ ...input, observation: bare, machines: [], reading: { ...SOUND.reading, more: {} } }),
    ).toEqual(
      // A workload without a server has no errors to count.
      guards.flatMap(({ name }) => (name === "errors" ? [] : [`unknown ${name}`])),
    );
  });

  test("a short trial whose answers took long, which says how far its clock's rate is known", () => {
    const late: LevelEvidence = {
      ...evidenceOf(1),
      times: {
        before: { fromSeconds: 1199.5, toSeconds: 1200.5 },
        after: { fromSeconds: 1202.5, toSeconds: 1203.5 },
      },
    };
    const short = {
      ...replacing(1, late),
      machines: [machineAt(0), { ...machineAt(1), snapshot: at(1000, "") }, machineAt(2)],
    };
    expect(said(short)).toContain("unknown clock-rate");
    expect(sentence(short, "clock-rate")).toBe(
      "L1: 3.0 s during the trial are too short to tell within 1%: the clock's rate is between 0.745 and 1.510",
    );
    expect(saidMore(replacing(1, late)), "the time since the bring-up tells").toEqual([]);
  });

  test("depth under a hypervisor that counts nothing, without KVM's counters for it", () => {
    const drivers = ["qemu-tcg", "qemu-kvm", "qemu-tcg"] as const;
    const machines = drivers.map((driver, level) => ({ ...machineAt(level), driver }));
    const still = { exits: 7, nested_run: 0 };
    const l1 = withLevel(1, { kvm: still }, { kvm: still });
    expect(said({ ...l1, machines })).not.toContain("doubt depth");
    const l0 = withLevel(0, { kvm: still }, { kvm: still });
    expect(sentence({ ...l0, machines }, "depth")).toContain("KVM at L0 counted no exit of a guest");
  });

  test("depth under Xen in KVM: Xen counts nothing, and KVM below it counts its entries into the guest", () => {
    const drivers = ["qemu-tcg", "qemu-kvm", "xen"] as const;
    const machines = drivers.map((driver, level) => ({ ...machineAt(level), driver }));
    const none = withLevel(1, { kvm: {} }, { kvm: {} });
    expect(said({ ...none, machines })).not.toContain("unknown depth");
    const still = withLevel(0, { kvm: { exits: 7, nested_run: 3 } }, { kvm: { exits: 9, nested_run: 3 } });
    expect(sentence({ ...still, machines }, "depth")).toContain(
      "KVM at L0 counted no entry into a guest's guest",
    );
  });

  test("depth on ARM, whose processors do not say what they stand on, by KVM's counters alone", () => {
    const machines = [0, 1, 2].map((level) =>
      machineAt(level, {}, "== architecture\naarch64\n== cpuinfo\nCPU implementer\t: 0x00\n"),
    );
    expect(said({ ...SOUND, machines })).not.toContain("unknown depth");
    const still = withLevel(1, { kvm: { exits: 7 } }, { kvm: { exits: 7 } });
    expect(said({ ...still, machines })).toContain("doubt depth");
  });

  test("depth where KVM's counters cannot be read", () => {
    const blind = withLevel(0, { kvm: {} }, { kvm: {} });
    expect(said(blind)).toContain("unknown depth");
  });

  test("a captured trial without what the host and the bring-up said: nothing is doubted, and what it lacks is unknown", () => {
    const evidence = [0, 1, 2].map((level) => ({
      level,
      before: fixture(`snapshot/L2-trial-L${level}-before.txt`),
      after: fixture(`snapshot/L2-trial-L${level}-after.txt`),
    }));
    const machines = [0, 1, 2].map((level) => ({ ...machineAt(level), snapshot: at(1000, "") }));
    const parsed = parseSysbench(fixture("sysbench/cpu-L2.txt"));
    if (!parsed.ok) throw new Error("the fixture is sound");
    const { host: _, ...observation } = observing({
      evidence,
      completed: completed({ seconds: 9 }),
    }).observation;
    expect(said({ ...SOUND, machines, observation, reading: parsed.value })).toEqual([
      "unknown clock-rate",
      "unknown other-load",
      "unknown host-disk",
      "unknown cpu-frequency",
      "unknown page-sharing",
      "unknown mitigations",
    ]);
  });
});

describe("where seconds are not the host's,", () => {
  const wrong = withLevel(1, { uptimeSeconds: 200 }, { uptimeSeconds: 260 });
  const { host } = SOUND.observation;
  const loaded = {
    ...wrong,
    observation: {
      ...wrong.observation,
      ...(host === undefined ? {} : { host: { ...host, after: at(1203, hostText(5000, 100)) } }),
    },
  };

  test("neither clocks nor the load beside the trial are held against the host's", () => {
    expect(said(loaded)).toEqual(expect.arrayContaining(["doubt clock-rate", "doubt other-load"]));
    for (const timing of ["counted", "functional"] as const) {
      const quiet = said({ ...loaded, timing });
      expect(quiet).toEqual(expect.arrayContaining(["unknown clock-rate", "unknown other-load"]));
      expect(quiet.some((one) => one.startsWith("doubt"))).toBe(false);
      expect(sentence({ ...loaded, timing }, "clock-rate")).toMatch(/^not judged, because /);
    }
  });
});

describe("ordinary trials stay quiet:", () => {
  test.each(
    ["cpu", "threads", "memory-write", "memory-read", "oltp"].flatMap((name) =>
      [0, 1, 2].map((level) => `${name}-L${level}`),
    ),
  )("Little's law holds for the captured %s", (name) => {
    const parsed = parseSysbench(fixture(`sysbench/${name}.txt`));
    if (!parsed.ok) throw new Error("the fixture is sound");
    const found = guardResults({ ...SOUND, reading: parsed.value }).find(
      ({ guard }) => guard === "littles-law",
    );
    expect(found?.kind, found?.sentence).toBe("fine");
  });

  test("a host with VMX that has a guest now, and had none at bring-up, does as much against weaknesses", () => {
    const state = (text: string) => ({ mitigations: { itlb_multihit: text } });
    const [none, one] = [state("KVM: Mitigation: VMX disabled"), state("KVM: Vulnerable")];
    const input = withLevel(0, one, one);
    const machines = input.machines.map((each) => (each.level === 0 ? machineAt(0, none) : each));
    expect(saidMore({ ...input, machines })).toEqual([]);
  });

  test("the scratch disk's mounts and a guest that asks for unknown registers are no news", () => {
    const log = ["kern  :info  : [ 1.0] up"];
    const more = [
      "kern  :info  : [   10.974066] EXT4-fs (vdb): mounted filesystem with ordered data mode. Quota mode: none.",
      "kern  :info  : [   17.619735] EXT4-fs (vdb): unmounting filesystem.",
      "kern  :warn  : [   28.416008] kvm [373]: vcpu0, guest rIP: 0xffffffff81073744 Unhandled WRMSR(0xc0010007) = 0xffff",
    ];
    expect(said(withLevel(1, { log }, { log: [...log, ...more] }))).not.toContain("doubt kernel-log");
    const took = (ns: number) => [...log, `kern  :warn  : [   30.100000] hrtimer: interrupt took ${ns} ns`];
    expect(said(withLevel(1, { log }, { log: took(8965) }))).not.toContain("doubt kernel-log");
    expect(said(withLevel(1, { log }, { log: took(2_896_500) }))).toContain("doubt kernel-log");
  });

  test("an L1 and an L2 of an emulated computer lose some time to their own hypervisor; a real one must not", () => {
    const lossy = observing({
      evidence: [...SOUND.observation.evidence.slice(0, 2), evidenceOf(2, {}, { steal: 60, idle: 500 })],
    });
    expect(saidMore(lossy)).toEqual([]);
    expect(said({ ...lossy, hardware: "real" })).toContain("doubt steal");
    // In counted time an idle machine's clock runs on as it likes: what counts is what it wanted.
    const counted = (steal: number, busy: number) => {
      const evidence = [
        ...SOUND.observation.evidence.slice(0, 2),
        evidenceOf(2, {}, { steal, busy, idle: 9000 }),
      ];
      return said({ ...SOUND, timing: "counted", observation: { ...SOUND.observation, evidence } });
    };
    expect(counted(60, 200)).not.toContain("doubt steal");
    expect(counted(60, 60)).toContain("doubt steal");
  });
});

test("on real hardware an L0 with a hypervisor below it is not what it is called", () => {
  const facts = fixture("facts/L0.txt");
  const bare = {
    ...SOUND,
    hardware: "real",
    machines: [machineAt(0, {}, facts.replace(" hypervisor ", " "))],
  } as const;
  const ground = observing({
    trial: madeUpTrial({ level: 0 }),
    evidence: SOUND.observation.evidence.slice(0, 1),
  });
  expect(saidMore({ ...bare, observation: ground.observation })).toEqual([]);
  expect(said({ ...bare, machines: [machineAt(0)], observation: ground.observation })).toContain(
    "doubt depth",
  );
});

describe("a clock's rate", () => {
  const anyWindow = fc.record({
    rate: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    seconds: fc.double({ min: 1, max: 500, noNaN: true }),
    answerSeconds: fc.double({ min: 0, max: 2, noNaN: true }),
    taken: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  function kindOf({
    rate,
    seconds,
    answerSeconds,
    taken,
  }: {
    rate: number;
    seconds: number;
    answerSeconds: number;
    taken: number;
  }) {
    // Each snapshot is taken somewhere between question and answer: late at the beginning, early at the end.
    const begin = 1200 + answerSeconds * taken;
    const end = 1200 + seconds + answerSeconds * (1 - taken);
    const evidence: LevelEvidence = {
      level: 0,
      before: snapshotText({ uptimeSeconds: 50 }),
      after: snapshotText({ uptimeSeconds: 50 + rate * (end - begin) }),
      times: {
        before: { fromSeconds: 1200, toSeconds: 1200 + answerSeconds },
        after: { fromSeconds: 1200 + seconds, toSeconds: 1200 + seconds + answerSeconds },
      },
    };
    const input = observing({ evidence: [evidence] }, { machines: [] });
    return guardResults(input).find(({ guard }) => guard === "clock-rate")?.kind;
  }

  test("is never doubted where it is right, nor vouched for where it is wrong, whenever the snapshots were taken", () => {
    fc.assert(
      fc.property(anyWindow, (window) => {
        fc.pre(window.seconds > window.answerSeconds);
        const kind = kindOf(window);
        if (Math.abs(window.rate - 1) < 0.01) expect(kind).not.toBe("doubt");
        if (Math.abs(window.rate - 1) > 0.0101) expect(kind).not.toBe("fine");
      }),
    );
  });

  test("that is wrong by 5% is caught within half a minute of a machine that takes half a second to answer", () => {
    for (const rate of [0.95, 1.05]) {
      for (const taken of [0, 0.5, 1]) {
        expect(kindOf({ rate, seconds: 30, answerSeconds: 0.5, taken })).toBe("doubt");
      }
    }
  });

  test("that is wrong by 2% is caught within two minutes of such a machine", () => {
    for (const rate of [0.98, 1.02]) {
      for (const taken of [0, 0.5, 1]) {
        expect(kindOf({ rate, seconds: 120, answerSeconds: 0.5, taken })).toBe("doubt");
      }
    }
  });
});

test("Little's law: a closed loop whose threads wait for the last response alone is never doubted", () => {
  const responses = fc.array(
    fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
    {
      minLength: 1,
      maxLength: 16,
    },
  );
  fc.assert(
    fc.property(responses, (threads) => {
      // Threads take from one supply: they go on until the shortest has nothing left to start.
      const ends = threads.map((own) => own.reduce((sum, one) => sum + one, 0));
      const last = Math.min(...ends);
      const done = threads.map((own) => {
        let [time, kept] = [0, 0];
        for (const one of own) {
          if (time > last) break;
          time += one;
          kept += 1;
        }
        return own.slice(0, kept);
      });
      const all = done.flat();
      const busy = all.reduce((sum, one) => sum + one, 0);
      const elapsedSeconds = Math.max(...done.map((own) => own.reduce((sum, one) => sum + one, 0)));
      const input = {
        ...SOUND,
        reading: {
          metrics: { throughput: all.length / elapsedSeconds, response: busy / all.length },
          more: {
            threads: threads.length,
            events: all.length,
            elapsedSeconds,
            responseMaxSeconds: Math.max(...all),
          },
        },
      };
      const found = guardResults(input).find(({ guard }) => guard === "littles-law");
      expect(found?.kind, found?.sentence).toBe("fine");
    }),
  );
});

test("a guest that is emulated on an emulated computer may take longer at the edges, and no other machine", () => {
  const reading = {
    metrics: { throughput: 130, response: 0.7 / 130 },
    more: { threads: 1, events: 300, elapsedSeconds: 2.3, responseMaxSeconds: 0.02 },
  };
  const said = (driver: Driver, hardware: "real" | "emulated", level = 2) => {
    const machines = SOUND.machines.map((one) => (one.level === level ? { ...one, driver } : one));
    const observation = { ...SOUND.observation, trial: { ...SOUND.observation.trial, level } };
    const found = guardResults({ ...SOUND, hardware, machines, observation, reading });
    return found.find(({ guard }) => guard === "littles-law")?.kind;
  };
  expect(said("qemu-tcg", "emulated")).toBe("fine");
  expect(said("qemu-kvm", "emulated")).toBe("doubt");
  expect(said("qemu-tcg", "real")).toBe("doubt");
  expect(said("qemu-tcg", "emulated", 0)).toBe("doubt");
});

test("a snapshot says nothing where its text is cut off", () => {
  expect(readSnapshot("")).toEqual({
    uptimeSeconds: undefined,
    uptimeAtEndSeconds: undefined,
    clockSource: undefined,
    cpu: undefined,
    memory: new Map(),
    hugePages: undefined,
    pageSharing: undefined,
    mitigations: new Map(),
    frequency: new Map(),
    kernelLog: undefined,
  });
  expect(readHostSnapshot("== stat\ncpu 1 2")).toBeUndefined();
  expect(kvmCounters("")).toEqual(new Map());
});

function hostOf() {
  const { host } = SOUND.observation;
  if (host === undefined) throw new Error("the sound trial has a host");
  return host;
}
