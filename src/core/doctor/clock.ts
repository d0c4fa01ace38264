import { about, type Examination, type Finding } from "./finding.ts";
import type { Probe } from "./probe.ts";

/** What time is read from, and what changes a processor's speed while it is measured. */
export function clockFindings({ probe }: Examination): readonly Finding[] {
  return [clockSource(probe), ...smt(probe), governor(probe), ...turbo(probe)];
}

/** Read without leaving the guest and kept steady; others cost an exit or a slow device for each reading. */
const GOOD_SOURCES = ["tsc", "kvm-clock", "hyperv_clocksource_tsc_page"];

function clockSource(probe: Probe): Finding {
  const current = probe.value("clock", "current");
  const available = probe.value("clock", "available");
  const evidence = `current_clocksource ${current ?? "not readable"}, available ${available ?? "not readable"}`;
  const source = about("clock-source", "clock", evidence);
  if (current === undefined) {
    return source.notice(
      "the clock source cannot be read, so a change of it during a trial would not be seen",
      "mount sysfs on /sys",
    );
  }
  if (GOOD_SOURCES.includes(current)) return source.fine(`the clock source is ${current}`);
  return source.hindrance(
    `the clock source is ${current}, which is slow to read or unsteady: response times include it`,
    available?.split(" ").includes("tsc")
      ? "echo tsc >/sys/devices/system/clocksource/clocksource0/current_clocksource"
      : "dmesg says why the kernel gave the TSC up; a steady one is the firmware's or the hypervisor's to offer",
  );
}

function smt(probe: Probe): readonly Finding[] {
  const active = probe.value("processor", "smt");
  if (active === undefined) return [];
  const sharing = about("smt", "clock", `/sys/devices/system/cpu/smt/active is ${active}`);
  return [
    active === "1"
      ? sharing.notice(
          "SMT is on: two CPUs share one core, and slow each other",
          "echo off >/sys/devices/system/cpu/smt/control",
        )
      : sharing.fine("no two CPUs that are seen here share a core (SMT)"),
  ];
}

function governor(probe: Probe): Finding {
  const name = probe.value("processor", "governor");
  if (name === undefined) {
    return about("governor", "clock", "there is no cpufreq for cpu0").notice(
      "the processor's frequency is governed out of sight, as it is in most virtual machines",
      "nothing that can be set here; more boots show how much it moves",
    );
  }
  const driver = probe.value("processor", "driver") ?? "unknown";
  const governing = about("governor", "clock", `scaling_governor of cpu0 is ${name}, driver ${driver}`);
  return name === "performance"
    ? governing.fine("the frequency governor is performance")
    : governing.notice(
        `the frequency governor is ${name}: the processor changes its speed with its load`,
        "cpupower frequency-set -g performance",
      );
}

function turbo(probe: Probe): readonly Finding[] {
  const [noTurbo, boost] = [probe.value("processor", "no_turbo"), probe.value("processor", "boost")];
  if (noTurbo === undefined && boost === undefined) return [];
  const on = noTurbo === undefined ? boost === "1" : noTurbo === "0";
  const [file, off] =
    noTurbo === undefined
      ? ["/sys/devices/system/cpu/cpufreq/boost", "0"]
      : ["/sys/devices/system/cpu/intel_pstate/no_turbo", "1"];
  const faster = about("turbo", "clock", `${file} is ${noTurbo ?? boost}`);
  return [
    on
      ? faster.notice(
          "turbo is on: speed depends on temperature and on how many cores are busy",
          `echo ${off} >${file}`,
        )
      : faster.fine("turbo is off"),
  ];
}
