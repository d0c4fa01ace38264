import type { Examination, Finding } from "./finding.ts";
import type { Probe } from "./probe.ts";

/** What time is read from, and what changes a processor's speed while it is measured. */
export function clockFindings({ probe }: Examination): readonly Finding[] {
  return [clockSource(probe), ...smt(probe), governor(probe), ...turbo(probe)];
}

/** Read without leaving the guest and kept steady; others cost an exit or a slow device for each reading. */
const GOOD_SOURCES = ["tsc", "kvm-clock", "hyperv_clocksource_tsc_page"];

function clockSource(probe: Probe): Finding {
  const common = { id: "clock-source", group: "clock" } as const;
  const current = probe.value("clock", "current");
  const available = probe.value("clock", "available");
  const evidence = `current_clocksource ${current ?? "not readable"}, available ${available ?? "not readable"}`;
  if (current !== undefined && GOOD_SOURCES.includes(current)) {
    return { ...common, level: "fine", what: `the clock source is ${current}`, evidence };
  }
  if (current === undefined) {
    return {
      ...common,
      level: "notice",
      what: "the clock source cannot be read, so a change of it during a trial would not be seen",
      evidence,
      remedy: "mount sysfs on /sys",
    };
  }
  return {
    ...common,
    level: "hindrance",
    what: `the clock source is ${current}, which is slow to read or unsteady: response times include it`,
    evidence,
    remedy: available?.split(" ").includes("tsc")
      ? "echo tsc >/sys/devices/system/clocksource/clocksource0/current_clocksource"
      : "dmesg says why the kernel gave the TSC up; a steady one is the firmware's or the hypervisor's to offer",
  };
}

function smt(probe: Probe): readonly Finding[] {
  const active = probe.value("processor", "smt");
  if (active === undefined) return [];
  const common = {
    id: "smt",
    group: "clock",
    evidence: `/sys/devices/system/cpu/smt/active is ${active}`,
  } as const;
  return active === "1"
    ? [
        {
          ...common,
          level: "notice",
          what: "SMT is on: two CPUs share one core, and slow each other",
          remedy: "echo off >/sys/devices/system/cpu/smt/control",
        },
      ]
    : [{ ...common, level: "fine", what: "no two CPUs that are seen here share a core (SMT)" }];
}

function governor(probe: Probe): Finding {
  const common = { id: "governor", group: "clock" } as const;
  const name = probe.value("processor", "governor");
  if (name === undefined) {
    return {
      ...common,
      level: "notice",
      what: "the processor's frequency is governed out of sight, as it is in most virtual machines",
      evidence: "there is no cpufreq for cpu0",
      remedy: "nothing that can be set here; more boots show how much it moves",
    };
  }
  const evidence = `scaling_governor of cpu0 is ${name}, driver ${probe.value("processor", "driver") ?? "unknown"}`;
  return name === "performance"
    ? { ...common, level: "fine", what: "the frequency governor is performance", evidence }
    : {
        ...common,
        level: "notice",
        what: `the frequency governor is ${name}: the processor changes its speed with its load`,
        evidence,
        remedy: "cpupower frequency-set -g performance",
      };
}

function turbo(probe: Probe): readonly Finding[] {
  const [noTurbo, boost] = [probe.value("processor", "no_turbo"), probe.value("processor", "boost")];
  if (noTurbo === undefined && boost === undefined) return [];
  const on = noTurbo === undefined ? boost === "1" : noTurbo === "0";
  const [file, off] =
    noTurbo === undefined
      ? ["/sys/devices/system/cpu/cpufreq/boost", "0"]
      : ["/sys/devices/system/cpu/intel_pstate/no_turbo", "1"];
  const common = { id: "turbo", group: "clock", evidence: `${file} is ${noTurbo ?? boost}` } as const;
  return on
    ? [
        {
          ...common,
          level: "notice",
          what: "turbo is on: speed depends on temperature and on how many cores are busy",
          remedy: `echo ${off} >${file}`,
        },
      ]
    : [{ ...common, level: "fine", what: "turbo is off" }];
}
