import { figures, type Table, table, words } from "../core/document.ts";
import type { Figure } from "../core/figure.ts";

/** The figures that a picture draws, for who cannot see it or does not trust it. */
export function figureData(figure: Figure): Table {
  const of = (columns: Table["columns"], rows: Table["rows"]) =>
    table(`${figure.id}-data`, `Data of: ${figure.title}`, columns, rows);
  switch (figure.kind) {
    case "bars":
      return of(
        [
          words("quantity"),
          words("unit"),
          words("platform"),
          words("level"),
          figures("mean"),
          figures("standard error"),
          words("each boot"),
        ],
        figure.panels.flatMap(({ title, unit, bars }) =>
          bars.map((bar) => [
            title,
            unit,
            bar.platform,
            bar.level,
            number(bar.value),
            number(bar.standardError),
            bar.points.map(number).join(", "),
          ]),
        ),
      );
    case "ratios":
      return of(
        [words(""), words("levels"), figures("ratio"), figures("low"), figures("high"), words("verdict")],
        figure.rows.map((row) => [
          row.group,
          row.name,
          number(row.ratio),
          number(row.low),
          number(row.high),
          row.verdict,
        ]),
      );
    case "stacks":
      return of(
        [words("configuration"), words("from the ground up")],
        figure.stacks.map(({ title, layers }) => [
          title,
          layers.map(({ name, detail }) => (detail === "" ? name : `${name} (${detail})`)).join("; "),
        ]),
      );
    case "timeline":
      return of(
        [
          figures("boot"),
          words("level"),
          words("workload"),
          figures("from (s)"),
          figures("to (s)"),
          words(""),
        ],
        figure.spans.map((span) => [
          String(span.boot),
          span.level,
          span.what,
          span.fromSeconds.toFixed(1),
          span.toSeconds.toFixed(1),
          span.failed ? "failed" : "",
        ]),
      );
  }
}

/** Six digits: more than any measurement has. */
function number(value: number | undefined): string {
  return value === undefined ? "--" : String(Number(value.toPrecision(6)));
}
