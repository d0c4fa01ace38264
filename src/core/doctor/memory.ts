import { levelSizes } from "../level-sizes.ts";
import type { Problem } from "../problem.ts";
import { resourceProblems } from "../resources.ts";
import type { Study } from "../study.ts";
import { formatBytes } from "../units.ts";
import type { Examination, Finding } from "./finding.ts";
import { hardwareFor } from "./kvm-trial.ts";
import type { Probe } from "./probe.ts";

/** Whether the machines of the study fit, and what the kernel does with memory behind their back. */
export function memoryFindings(examination: Examination): readonly Finding[] {
  const { probe } = examination;
  return [roomFinding(examination), swapFinding(probe), ...hugePages(probe), ...samePages(probe)];
}

function roomFinding({ probe, kvm, study }: Examination): Finding {
  const common = { id: "memory", group: "memory" } as const;
  const cpus = Number(probe.value("processor", "cpus") ?? 1);
  const available = kibibytes(probe, "MemAvailable");
  const { hardware } = hardwareFor(kvm);
  const evidence = `MemAvailable ${formatBytes(available)} of MemTotal ${formatBytes(kibibytes(probe, "MemTotal"))}`;
  const misfit = (tried: Study): Problem | undefined =>
    resourceProblems(tried, hardware, {
      cpus,
      availableMemoryBytes: available,
      freeDiskBytes: Infinity,
    }).find(({ code }) => code === "memory-does-not-fit");
  const problem = misfit(study);
  if (problem === undefined) {
    const top = levelSizes(study, cpus)[0]?.memoryBytes ?? 0;
    return {
      ...common,
      level: "fine",
      what: `the study ${study.name} fits on ${hardware} hardware, with ${formatBytes(top)} for L0 and all in it`,
      evidence,
    };
  }
  // Even a machine without guests in it is one level of the study.
  const hopeless = misfit({ ...study, levels: 0 }) !== undefined;
  return {
    ...common,
    level: hopeless ? "fatal" : "hindrance",
    what: `the study ${study.name} does not fit on ${hardware} hardware: ${problem.what}${hopeless ? "; not even L0 alone does" : ""}`,
    evidence,
    remedy: hopeless ? "end what uses memory, or take a larger machine" : (problem.hint ?? "a smaller study"),
  };
}

function kibibytes(probe: Probe, name: string): number {
  return Number.parseInt(probe.value("memory", name) ?? "0", 10) * 1024;
}

function swapFinding(probe: Probe): Finding {
  const common = { id: "swap", group: "memory" } as const;
  const [total, free] = [kibibytes(probe, "SwapTotal"), kibibytes(probe, "SwapFree")];
  const evidence = `SwapTotal ${formatBytes(total)}, SwapFree ${formatBytes(free)}`;
  if (total <= free) {
    return {
      ...common,
      level: "fine",
      what: total === 0 ? "there is no swap" : "swap is there and not in use",
      evidence,
    };
  }
  return {
    ...common,
    level: "notice",
    what: `${formatBytes(total - free)} of swap are in use: memory was short, and guests may be paged out`,
    evidence,
    remedy: "swapoff -a, where memory has room for what is swapped out",
  };
}

function hugePages(probe: Probe): readonly Finding[] {
  const setting = probe.value("pages", "thp");
  if (setting === undefined) return [];
  const common = {
    id: "transparent-huge-pages",
    group: "memory",
    evidence: `/sys/kernel/mm/transparent_hugepage/enabled is ${setting}`,
  } as const;
  // QEMU asks for huge pages for a guest's memory, so madvise is enough.
  return setting.includes("[never]")
    ? [
        {
          ...common,
          level: "notice",
          what: "transparent huge pages are off: every level pays more for its page tables",
          remedy: "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled",
        },
      ]
    : [{ ...common, level: "fine", what: "transparent huge pages are there for guests" }];
}

function samePages(probe: Probe): readonly Finding[] {
  const run = probe.value("pages", "ksm");
  if (run === undefined) return [];
  const common = { id: "ksm", group: "memory", evidence: `/sys/kernel/mm/ksm/run is ${run}` } as const;
  return run === "1"
    ? [
        {
          ...common,
          level: "notice",
          what: "KSM merges equal pages: it takes CPU time, and all levels boot the same image",
          remedy: "echo 2 >/sys/kernel/mm/ksm/run",
        },
      ]
    : [{ ...common, level: "fine", what: "KSM does not merge pages" }];
}
