import { significant } from "../core/base/units.ts";
import { reasonText, toneOf, type VerdictKind } from "../core/stats/verdict.ts";
import { html, type Markup } from "../outputs/html/markup.ts";
import type { ChartPoint, ChartRow } from "./chart-rows.ts";

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** Such as `transactions/s`. */
  readonly unit: string;
  /** Such as `higher is better`. */
  readonly better: string;
  readonly rows: readonly ChartRow[];
  /** Of equivalence around 1, for ratios; absent for quantities. */
  readonly margin?: number;
  /** What stands beside the picture, and what it is called. */
  readonly figure?: { readonly title: string; readonly text: (row: ChartRow) => string };
  /** Where a row's figure leads, and where a point does; undefined for nowhere. */
  readonly hrefOf: (row: ChartRow, point?: ChartPoint) => string | undefined;
}

const WITH_INTERVAL = { title: "with 95% interval", text: figureText };

const WIDTH = 400;
const HEIGHT = 34;
const MIDDLE = HEIGHT / 2;
/** Kept free at either end, for half a mark. */
const EDGE = 7;

/**
 * A table whose rows have a picture: each boot a point, over it the mean or ratio with its interval. The figures stand
 * beside as text, so the picture has nothing that is not said.
 */
export function chartMarkup(chart: Chart): Markup {
  const { id, title, unit, better, rows, figure = WITH_INTERVAL } = chart;
  const scale = scaleOf(chart);
  const series = [...new Set(rows.map((row) => row.series))];
  const judged = rows.some(({ verdict }) => verdict !== undefined);
  return html`<div class="chart" id="${id}">
<div class="scroll" role="group" aria-labelledby="${id}-caption" tabindex="0">
<table>
<caption id="${id}-caption">${title} <span class="unit">${unit}, ${better}</span></caption>
<thead><tr><th scope="col">level</th><td class="plot">${axisMarkup(scale)}</td><th scope="col" class="end">${figure.title}</th>${judged ? html`<th scope="col">verdict</th>` : undefined}</tr></thead>
${series.map(
  (name) => html`<tbody>
${series.length > 1 ? html`<tr class="series"><th scope="rowgroup" colspan="${judged ? 4 : 3}">${name}</th></tr>\n` : undefined}${rows
  .filter((row) => row.series === name)
  .map((row) => rowMarkup(row, chart, scale, judged))}</tbody>
`,
)}</table>
</div>
</div>
`;
}

function rowMarkup(row: ChartRow, chart: Chart, scale: Scale, judged: boolean): Markup {
  const name = row.to === undefined ? `L${row.level}` : `L${row.level} to L${row.to}`;
  const href = chart.hrefOf(row);
  const text = (chart.figure ?? WITH_INTERVAL).text(row);
  const figure = href === undefined ? html`${text}` : html`<a href="${href}">${text}</a>`;
  const doubts =
    row.doubted > 0 ? html` <span class="badge doubt-badge">${row.doubted} doubted</span>` : undefined;
  const verdict = judged
    ? html`<td class="verdict ${row.verdict && toneOf(row.verdict.kind)}"${row.verdict === undefined ? undefined : html` title="${reasonText(row.verdict)}"`}>${row.verdict?.kind ?? "--"}</td>`
    : undefined;
  return html`<tr><th scope="row">${name}</th><td class="plot">${plotMarkup(row, chart, scale)}</td><td class="end">${figure}${doubts}</td>${verdict}</tr>
`;
}

/** `0.873 [0.587, 1.30]`. */
function figureText({ value, low, high }: Pick<ChartRow, "value" | "low" | "high">): string {
  const text = significant(value, 4);
  if (low === undefined || high === undefined) return `${text} (no interval)`;
  return `${text} [${significant(low, 3)}, ${Number.isFinite(high) ? significant(high, 3) : "∞"}]`;
}

function plotMarkup(row: ChartRow, chart: Chart, scale: Scale): Markup {
  const kind = row.verdict?.kind;
  const interval =
    row.low === undefined || row.high === undefined
      ? undefined
      : html`<path class="interval" d="M${scale.x(row.low)} ${MIDDLE}H${scale.x(row.high)}M${scale.x(row.low)} ${MIDDLE - 5}v10M${scale.x(row.high)} ${MIDDLE - 5}v10"/>`;
  return html`<svg class="${kind === undefined ? "plain" : toneOf(kind)}" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true" focusable="false">
${guidesMarkup(chart, scale)}${interval}${row.points.map((point, at) => pointMarkup(point, scale, (at + 0.5) / row.points.length, chart.hrefOf(row, point)))}${markMarkup(scale.x(row.value), kind)}</svg>`;
}

/** Told apart by shape as well as by colour; hollow where a direction is only probable. */
function markMarkup(x: number, kind: VerdictKind | undefined): Markup {
  const [slower, faster] = [`M${x} ${MIDDLE + 6}l-6 -10h12z`, `M${x} ${MIDDLE - 6}l-6 10h12z`];
  switch (kind) {
    case "slower":
      return html`<path class="mean" d="${slower}"/>`;
    case "probably slower":
      return html`<path class="mean probable" d="${slower}"/>`;
    case "faster":
      return html`<path class="mean" d="${faster}"/>`;
    case "probably faster":
      return html`<path class="mean probable" d="${faster}"/>`;
    case "equivalent":
      return html`<path class="mean" d="M${x - 5} ${MIDDLE - 5}h10v10h-10z"/>`;
    case "inconclusive":
    case undefined:
      return html`<path class="mean" d="M${x} ${MIDDLE - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5z"/>`;
  }
}

/** Boots one below the other, in their order, so that a drift from boot to boot is seen. */
function pointMarkup(
  { boot, value, trial, fresh }: ChartPoint,
  scale: Scale,
  share: number,
  href: string | undefined,
): Markup {
  const circle = html`<circle cx="${scale.x(value)}" cy="${round(4 + share * (HEIGHT - 8))}" r="3"${fresh === true ? html` class="new"` : undefined}><title>${trial ?? `boot ${boot}`}: ${significant(value, 5)}</title></circle>`;
  return href === undefined ? circle : html`<a href="${href}" tabindex="-1">${circle}</a>`;
}

function guidesMarkup({ margin }: Chart, scale: Scale): Markup {
  const band =
    margin === undefined
      ? undefined
      : html`<rect class="band" x="${scale.x(1 / (1 + margin))}" width="${round(scale.x(1 + margin) - scale.x(1 / (1 + margin)))}" y="0" height="${HEIGHT}"/><path class="one" d="M${scale.x(1)} 0V${HEIGHT}"/>`;
  return html`${scale.ticks.map((tick) => html`<path class="grid" d="M${scale.x(tick)} 0V${HEIGHT}"/>`)}${band}`;
}

function axisMarkup(scale: Scale): Markup {
  return html`<svg class="axis" viewBox="0 0 ${WIDTH} 18" width="${WIDTH}" height="18" aria-hidden="true" focusable="false">${scale.ticks.map(
    (tick) =>
      html`<text x="${scale.x(tick)}" y="13" text-anchor="${anchorAt(scale.x(tick))}">${tickText(tick)}</text>`,
  )}</svg>`;
}

function anchorAt(x: number): string {
  if (x < 20) return "start";
  return x > WIDTH - 20 ? "end" : "middle";
}

function tickText(value: number): string {
  return Math.abs(value) >= 10_000
    ? `${Number((value / 1000).toPrecision(3))}k`
    : String(Number(value.toPrecision(6)));
}

interface Scale {
  /** In the units of the picture; what lies outside is drawn at the edge. */
  readonly x: (value: number) => number;
  readonly ticks: readonly number[];
}

/** From zero, so that lengths can be compared, to what holds every point and, where it is not far out, interval. */
function scaleOf({ rows, margin }: Chart): Scale {
  const inner = Math.max(
    0,
    ...rows.flatMap(({ value, points }) => [value, ...points.map((point) => point.value)]),
  );
  const ends = rows.flatMap(({ high }) => (high === undefined || high > 2 * inner ? [] : [high]));
  const most = Math.max(inner, ...ends, margin === undefined ? 0 : 1.05) || 1;
  const step = niceStep(most / 4);
  const top = Math.ceil(most / step - 1e-9) * step;
  return {
    x: (value) => round(EDGE + (Math.min(Math.max(value, 0), top) / top) * (WIDTH - 2 * EDGE)),
    ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step),
  };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((one) => one * power >= rough) ?? 10) * power;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
