import type { Problem } from "../base/problem.ts";
import { formatBytes } from "../base/units.ts";
import { groundOf } from "../study/clock.ts";
import { levelSizes } from "../study/level-sizes.ts";
import { resourceProblems } from "../study/resources.ts";
import type { Study } from "../study/study.ts";
import { about, type Examination, type Finding } from "./finding.ts";
import { hardwareFor } from "./kvm-trial.ts";
import type { Probe } from "./probe.ts";

/** Whether the machines of the study fit, and what the kernel does with memory behind their back. */
export function memoryFindings(examination: Examination): readonly Finding[] {
  const { probe } = examination;
  return [roomFinding(examination), swapFinding(probe), ...hugePages(probe), ...samePages(probe)];
}

function roomFinding({ probe, kvm, study, platform }: Examination): Finding {
  const cpus = Number(probe.value("processor", "cpus") ?? 1);
  const available = kibibytes(probe, "MemAvailable");
  const { hardware } = hardwareFor(kvm);
  const total = formatBytes(kibibytes(probe, "MemTotal"));
  const room = about("memory", "memory", `MemAvailable ${formatBytes(available)} of MemTotal ${total}`);
  const host = { cpus, availableMemoryBytes: available, freeDiskBytes: Infinity };
  const ground = groundOf(study, platform, hardware);
  const misfit = (tried: Study): Problem | undefined =>
    resourceProblems(tried, ground, host).find(({ code }) => code === "memory-does-not-fit");
  const problem = misfit(study);
  if (problem === undefined) {
    const top = levelSizes(study, ground.cpus ?? cpus)[0]?.memoryBytes ?? 0;
    return room.fine(
      `the study ${study.name} fits on ${hardware} hardware, with ${formatBytes(top)} for L0 and all in it`,
    );
  }
  const what = `the study ${study.name} does not fit on ${hardware} hardware: ${problem.what}`;
  // Even a machine without guests in it is one level of the study.
  return misfit({ ...study, levels: 0 }) === undefined
    ? room.hindrance(what, problem.hint ?? "a smaller study")
    : room.fatal(`${what}; not even L0 alone does`, "end what uses memory, or take a larger machine");
}

function kibibytes(probe: Probe, name: string): number {
  return Number.parseInt(probe.value("memory", name) ?? "0", 10) * 1024;
}

function swapFinding(probe: Probe): Finding {
  const [total, free] = [kibibytes(probe, "SwapTotal"), kibibytes(probe, "SwapFree")];
  const swap = about("swap", "memory", `SwapTotal ${formatBytes(total)}, SwapFree ${formatBytes(free)}`);
  if (total <= free) return swap.fine(total === 0 ? "there is no swap" : "swap is there and not in use");
  return swap.notice(
    `${formatBytes(total - free)} of swap are in use: memory was short, and guests may be paged out`,
    "swapoff -a, where memory has room for what is swapped out",
  );
}

function hugePages(probe: Probe): readonly Finding[] {
  const file = "/sys/kernel/mm/transparent_hugepage/enabled";
  const setting = probe.value("pages", "thp");
  if (setting === undefined) return [];
  const pages = about("transparent-huge-pages", "memory", `${file} is ${setting}`);
  // QEMU asks for huge pages for a guest's memory, so madvise is enough.
  return [
    setting.includes("[never]")
      ? pages.notice(
          "transparent huge pages are off: every level pays more for its page tables",
          `echo madvise >${file}`,
        )
      : pages.fine("transparent huge pages are there for guests"),
  ];
}

function samePages(probe: Probe): readonly Finding[] {
  const run = probe.value("pages", "ksm");
  if (run === undefined) return [];
  const merging = about("ksm", "memory", `/sys/kernel/mm/ksm/run is ${run}`);
  return [
    run === "1"
      ? merging.notice(
          "KSM merges equal pages: it takes CPU time, and all levels boot the same image",
          "echo 2 >/sys/kernel/mm/ksm/run",
        )
      : merging.fine("KSM does not merge pages"),
  ];
}
