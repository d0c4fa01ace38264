import { ALLOTMENTS } from "./allotment.ts";
import { type Section, type Table, table, tableBlocks, words } from "./document.ts";
import { FACT_NAMES, FACTS, factText, type MachineFacts } from "./facts.ts";
import { type StackFigure, stackText } from "./figure.ts";
import { type LevelFacts, labelled } from "./report.ts";
import { resourcesTable } from "./resources-table.ts";
import type { RunEvidence } from "./run-evidence.ts";
import { formatBytes } from "./units.ts";

export function machineSection(run: RunEvidence, label: string | undefined): Section {
  const figure = stackFigure(run, label);
  return {
    id: "machines",
    title: "Machines",
    blocks: [
      ...(figure === undefined ? [] : [{ kind: "figure", figure } as const]),
      ...tableBlocks(
        resourcesTable(run.subject.levels),
        inventoryTable(run.subject.levels),
        manifestTable(run.subject.record),
      ),
    ],
  };
}

/** What emulates the computer below L0, by the driver that started it; QEMU where it is not named here. */
const EMULATORS: Readonly<Record<string, string>> = { bochs: "Bochs" };

/** What of a machine runs the guest that a driver started. */
function hostText(facts: MachineFacts, driver: string | undefined): string {
  if (driver === "xen") return "Xen, with Linux as its domain 0";
  return `Linux with ${driver === "qemu-tcg" ? "QEMU's TCG" : (facts.kvm?.module ?? "a hypervisor")}`;
}

/** The study's figure 1: per measured level, what it stands on. */
function stackFigure({ subject, hardware }: RunEvidence, label: string | undefined): StackFigure | undefined {
  const { levels } = subject;
  const ground = levels.find(({ level }) => level === 0);
  if (ground === undefined) return undefined;
  const base =
    hardware === "emulated"
      ? {
          name: "emulated computer",
          detail: `${EMULATORS[ground.driver] ?? "QEMU TCG"}: ${ground.facts.cpuModel}`,
        }
      : { name: "hardware", detail: ground.facts.cpuModel };
  const stacks = levels.map(({ level }) => ({
    title: `L${level}`,
    layers: [
      base,
      ...levels
        .filter((one) => one.level <= level)
        .map((one) => ({
          name:
            one.level === level
              ? `L${one.level}: Linux with the workload`
              : `L${one.level}: ${hostText(one.facts, levels.find(({ level: guest }) => guest === one.level + 1)?.driver)}`,
          detail: `${one.facts.cpus} CPUs, ${formatBytes(one.facts.memoryBytes)}, kernel ${one.facts.kernel}`,
        })),
    ],
  }));
  return {
    kind: "stacks",
    id: "stack",
    title: `What runs on what (${subject.study.platform})`,
    alt: stackText(stacks),
    ...labelled(label),
    stacks,
  };
}

/** What each level was, as its own machine said: the study's tables 1 and 2. */
export function inventoryTable(levels: readonly LevelFacts[]): Table {
  // What no level could say is no row.
  const shown = FACT_NAMES.filter((name) => levels.some(({ facts }) => factText(name, facts) !== ""));
  return table(
    "levels",
    "Hardware and software of each level, as its machine reported it",
    [words(""), ...levels.map(({ level, driver }) => words(`L${level} (${driver})`))],
    shown.map((name) => [FACTS[name].title, ...levels.map(({ facts }) => factText(name, facts) || "--")]),
  );
}

/** The key of a run's record for what its platform wants to be known: a sentence on each line, each a note. */
export const NOTES = "notes";

/** What the run was made with, but the long list of packages and what stands elsewhere. */
function manifestTable(record: Readonly<Record<string, string>>): Table {
  return table(
    "made-with",
    "Made with",
    [words(""), words("version or hash")],
    Object.entries(record)
      .filter(([name]) => !["packages", ALLOTMENTS, NOTES].includes(name))
      .map(([name, value]) => [name, value]),
  );
}
