import { formatBytes } from "../../base/units.ts";
import { type Section, section, type Table, table, words } from "../../document/document.ts";
import { type StackColumn, stackFigure } from "../../document/figure.ts";
import { chainText, type Declared } from "../../machine/declared.ts";
import { type Driver, makerOf } from "../../machine/driver.ts";
import { FACT_NAMES, FACTS, type FactName, factText, type MachineFacts } from "../../machine/facts.ts";
import {
  type ImageProvenance,
  imageOf,
  type Origin,
  type Provenance,
  type Truth,
} from "../../machine/provenance.ts";
import type { LevelFacts } from "../parts/report.ts";
import { resourcesTable } from "../parts/resources-table.ts";
import type { RunEvidence } from "./run-evidence.ts";

export function machineSection(run: RunEvidence, label: string | undefined): Section | undefined {
  const title = `What runs on what (${run.subject.study.platform})`;
  return section("machines", "Machines", [
    stackFigure("stack", title, stacksOf(run), label),
    ...machineTables(run),
  ]);
}

export function machineTables({ subject }: RunEvidence): readonly (Table | undefined)[] {
  return [resourcesTable(subject.levels), inventoryTable(subject.levels), madeWithTable(subject.provenance)];
}

/** The part of a machine that runs the guest above it. */
function hostText(facts: MachineFacts, driver: Driver | undefined): string {
  const maker = driver && makerOf(driver);
  if (maker?.kind === "hypervisor" && maker.which === "xen") return "Xen, with Linux as its domain 0";
  return `Linux with ${maker?.kind === "emulator" ? "QEMU's TCG" : (facts.kvm?.module ?? "a hypervisor")}`;
}

/** The study's figure 1: per measured level, what it stands on. None before a machine came up. */
export function stacksOf({ subject, hardware }: RunEvidence): readonly StackColumn[] {
  const { levels } = subject;
  const ground = levels.find(({ level }) => level === 0);
  if (ground === undefined) return [];
  const maker = makerOf(ground.driver);
  const emulator = maker.kind === "emulator" ? `${maker.title}: ` : "";
  const base =
    hardware === "emulated"
      ? { name: "emulated computer", detail: `${emulator}${ground.facts.cpuModel}` }
      : { name: "hardware", detail: ground.facts.cpuModel };
  return levels.map(({ level }) => ({
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
}

/** What each level was, as its own machine said: the study's tables 1 and 2. */
export function inventoryTable(levels: readonly LevelFacts[]): Table {
  // What no level could say is no row.
  const shown = FACT_NAMES.filter((name) => levels.some(({ facts }) => factText(name, facts) !== ""));
  return table(shown, {
    id: "levels",
    title: "Hardware and software of each level, as its machine reported it",
    columns: [
      words("", (name) => FACTS[name].title),
      ...levels.map(({ level, driver, facts }) =>
        words<FactName>(`L${level} (${driver})`, (name) => factText(name, facts) || undefined),
      ),
    ],
    terminal: "show",
  });
}

/** What the run was made with, but the long list of packages and what stands elsewhere. */
function madeWithTable({ program, origin }: Provenance): Table {
  const rows: readonly Row[] = [
    ...originRows(origin),
    ...imageRows(imageOf(origin)),
    ["dvirt", program.dvirt],
    ["node", program.node],
  ];
  return table(rows, {
    id: "made-with",
    title: "Made with",
    columns: [words("", ([what]) => what), words("version or hash", ([, text]) => text)],
    terminal: "show",
  });
}

type Row = readonly [what: string, text: string];

function originRows(origin: Origin): readonly Row[] {
  switch (origin.kind) {
    case "made":
      return [["hardware", origin.why]];
    case "imagined":
      return [["truth", truthText(origin.truth)]];
    case "given":
      return [
        ...replicateRows(origin.replicate),
        ["declared levels", declaredText(origin.declared)],
        ["userland", origin.userland.kind],
      ];
  }
}

function replicateRows(replicate: Extract<Origin, { kind: "given" }>["replicate"]): readonly Row[] {
  if (replicate.kind === "session") return [["hardware", "machines that were there already, reached by SSH"]];
  return [
    ["hardware", "guests of z/VM, reached by SSH"],
    ...replicate.guests.map(({ level, answer }): Row => [`z/VM below L${level}`, answer]),
  ];
}

function imageRows(image: ImageProvenance | undefined): readonly Row[] {
  if (image === undefined) return [];
  return [
    ["image", image.id],
    ["image sha256", image.rootDiskSha256],
  ];
}

/** `L0 s390x; L1 s390x, z/VM`. */
function declaredText(levels: readonly Declared[]): string {
  return levels
    .map(({ architecture, hypervisors }, level) => {
      const below = hypervisors === undefined ? "" : `, ${chainText(hypervisors)}`;
      return `L${level} ${architecture}${below}`;
    })
    .join("; ");
}

function truthText({ throughputAtL0, kept, betweenBoots, withinBoots, effects }: Truth): string {
  const shares = effects.map(
    ({ key, value, level, leaves }) => `; ${key} ${value} leaves ${leaves} at L${level}`,
  );
  return `${throughputAtL0} per second at L0; each level keeps ${kept}; spread ${betweenBoots} between boots, ${withinBoots} within${shares.join("")}`;
}
