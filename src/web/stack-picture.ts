import { formatBytes } from "../core/base/units.ts";
import type { LevelFacts, Report } from "../core/report/parts/report.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import { textWidthPixels, visibleLine } from "../outputs/visible-text.ts";

/** One box of the tower, from the ground up. */
export interface Layer {
  readonly name: string;
  /** Facts, a line each. */
  readonly lines: readonly string[];
  readonly state: "ground" | "off" | "starting" | "ready" | "measuring";
}

const WIDTH = 380;
const LINE = 15;
const TOP = 22;
const GAP = 6;
/** How much narrower each box is than the one that it stands on, at either side. */
const STEP = 9;
const PADDING = 12;

/** What runs on what, with its facts: each box stands on the one that it runs on. */
export function stackPicture(layers: readonly Layer[], title: string): Markup {
  const heights = layers.map(({ lines }) => TOP + lines.length * LINE + 10);
  const total = heights.reduce((sum, height) => sum + height + GAP, 0);
  let bottom = total - GAP / 2;
  const boxes = layers.map((layer, index) => {
    const height = heights[index] ?? 0;
    const top = bottom - height;
    bottom = top - GAP;
    return boxMarkup(layer, index * STEP, top, height);
  });
  return html`<svg class="stack" viewBox="0 0 ${WIDTH} ${total}" width="${WIDTH}" height="${total}" role="img" aria-label="${title}: ${altText(layers)}">
${boxes}</svg>`;
}

function boxMarkup({ name, lines, state }: Layer, inset: number, top: number, height: number): Markup {
  const room = WIDTH - 2 * inset - 2 * PADDING;
  const x = inset + PADDING;
  const light =
    state === "ground"
      ? undefined
      : html`<circle class="light" cx="${WIDTH - inset - 16}" cy="${top + 16}" r="5"/>`;
  return html`<g class="${state}"><rect x="${inset + 1}" y="${top}" width="${WIDTH - 2 * inset - 2}" height="${height}" rx="7"/>${light}
<text class="name" x="${x}" y="${top + 20}">${fitting(name, room - 20, 14)}</text>
${lines.map((line, at) => html`<text x="${x}" y="${top + 20 + (at + 1) * LINE}">${fitting(line, room, 11)}</text>`)}</g>
`;
}

/** `L2 (1 CPU, 768 MiB); on L1 (…)`, from the top down as one says it. */
function altText(layers: readonly Layer[]): string {
  return layers
    .toReversed()
    .map(({ name, lines }) => (lines.length === 0 ? name : `${name} (${lines.join(", ")})`))
    .join("; on ");
}

function fitting(text: string, roomPixels: number, sizePixels: number): string {
  const characters = [...visibleLine(text)];
  if (textWidthPixels(characters.join(""), sizePixels) <= roomPixels) return characters.join("");
  while (characters.length > 1 && textWidthPixels(`${characters.join("")}…`, sizePixels) > roomPixels) {
    characters.pop();
  }
  return `${characters.join("").trimEnd()}…`;
}

/** The tower of a run, as its first machines described themselves. */
export function runLayers(levels: readonly LevelFacts[], hardware: Report["hardware"]): readonly Layer[] {
  const ground = levels.find(({ level }) => level === 0);
  return [
    groundLayer(hardware, ground?.facts.cpuModel ?? ""),
    ...levels.map(
      (one): Layer => ({ name: levelName(one.level, one.driver), lines: factLines(one), state: "ready" }),
    ),
  ];
}

const GROUND: Readonly<Record<Report["hardware"], Pick<Layer, "name" | "lines">>> = {
  real: { name: "Hardware", lines: [] },
  emulated: { name: "Emulated computer", lines: ["figures of this hardware are the emulator's"] },
  simulated: { name: "No machine: simulated", lines: ["figures drawn from known truth"] },
  mixed: { name: "Several platforms", lines: [] },
};

export function groundLayer(hardware: Report["hardware"], processor: string): Layer {
  const { name, lines } = GROUND[hardware];
  const said = hardware === "real" || hardware === "emulated" ? [...lines, processor] : lines;
  return { name, lines: said.filter((line) => line !== ""), state: "ground" };
}

export function levelName(level: number, driver: string): string {
  return level === 0 ? `L0 · ${driver}` : `L${level} · guest by ${driver}`;
}

function factLines(one: LevelFacts): readonly string[] {
  const { facts, allotment } = one;
  const { measured } = allotment;
  const size = `${cpuText(facts.cpus)}, ${formatBytes(facts.memoryBytes)}`;
  const part = `measured: ${cpuText(measured.cpus)}, ${formatBytes(measured.memoryBytes)}`;
  const kvm =
    facts.kvm === undefined
      ? undefined
      : `${facts.kvm.module}, nested ${facts.kvm.nested ? "on" : "off"}, second-level paging ${facts.kvm.secondLevelPaging ? "on" : "off"}`;
  const lines = [
    facts.cpus > 0 ? `${size} · ${part}` : part,
    [facts.kernel, facts.clockSource].filter((text) => text !== "").join(" · clock "),
    kvm ?? "",
  ];
  return lines.filter((text) => text !== "");
}

function cpuText(count: number): string {
  return count === 1 ? "1 CPU" : `${count} CPUs`;
}
