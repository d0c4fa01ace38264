import type { Observation } from "../core/observation.ts";
import { formatDuration } from "../core/units.ts";
import { html, type Markup } from "../outputs/html/markup.ts";

interface Span {
  readonly name: string;
  readonly seconds: number;
  readonly kind: "step" | "workload";
}

const WIDTH = 600;
const ROW = 24;
const NAMES = 150;
const TIMES = 70;

/** Preparation, workload and cleanup in their order, each as long as it took; what lies between is not in it. */
export function trialTimeline({ steps, completed, trial }: Observation): Markup {
  const spans: readonly Span[] = [
    ...steps.filter(({ phase }) => phase === "prepare").map((step, at) => stepSpan(step, at)),
    { name: trial.workload, seconds: completed.seconds, kind: "workload" },
    ...steps.filter(({ phase }) => phase === "cleanup").map((step, at) => stepSpan(step, at)),
  ];
  const total = spans.reduce((sum, { seconds }) => sum + seconds, 0) || 1;
  const room = WIDTH - NAMES - TIMES;
  let at = 0;
  const rows = spans.map(({ name, seconds, kind }, row) => {
    const x = NAMES + (at / total) * room;
    at += seconds;
    const width = Math.max(2, (seconds / total) * room);
    const y = row * ROW;
    return html`<text x="0" y="${y + 16}">${name}</text><rect class="${kind}" x="${x.toFixed(1)}" y="${y + 5}" width="${width.toFixed(1)}" height="${ROW - 10}" rx="3"/><text x="${WIDTH}" y="${y + 16}" text-anchor="end">${durationText(seconds)}</text>
`;
  });
  const said = spans.map(({ name, seconds }) => `${name} ${durationText(seconds)}`).join(", then ");
  return html`<div class="scroll" role="group" aria-label="Timeline" tabindex="0"><svg class="course" viewBox="0 0 ${WIDTH} ${spans.length * ROW}" width="${WIDTH}" height="${spans.length * ROW}" role="img" aria-label="${said}">
${rows}</svg></div>
`;
}

function stepSpan({ phase, completed }: Observation["steps"][number], index: number): Span {
  return { name: `${phase} ${index + 1}`, seconds: completed.seconds, kind: "step" };
}

function durationText(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toPrecision(3))} s` : formatDuration(seconds);
}
