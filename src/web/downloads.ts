import { strToU8, zipSync } from "fflate";
import type { Figure } from "../core/document/figure.ts";
import type { Report } from "../core/report/parts/report.ts";
import { customProperties, PAGE_THEME } from "../outputs/html/colours.ts";
import { sha256 } from "../outputs/html/page.ts";
import type { Output, OutputFile } from "../outputs/output.ts";
import { figureFile, reportFigures, svgOf } from "../outputs/svg.ts";
import { figureSpec } from "../outputs/vega.ts";
import { THEMES } from "../outputs/vega-theme.ts";
import { download, type PageResponse, STATUS, textResponse } from "./exchange.ts";

/** Reports that are turned into files at one time: some formats take a second of a processor and much memory. */
const AT_ONCE = 2;

export interface Downloads {
  /** A report in a format: its file, or all of them in an archive; undefined where there is no such format. */
  report(report: Report, format: string): Promise<PageResponse | undefined>;
  /** One of its figures, by its file's name without a folder; undefined where there is none. */
  figure(report: Report, file: string): Promise<PageResponse | undefined>;
}

export function createDownloads(outputs: readonly Output[]): Downloads {
  let under = 0;
  return {
    async report(report, format) {
      const output = outputs.find(({ name }) => name === format);
      if (output === undefined) return undefined;
      if (under >= AT_ONCE) {
        return unavailable("other files are being made just now: try again in a few seconds", {
          "retry-after": "3",
        });
      }
      under += 1;
      try {
        const rendered = await output.render(report);
        if (!rendered.ok) return unavailable(rendered.problems[0]?.what ?? "this format cannot be made here");
        return rendered.value.length === 0
          ? unavailable(`there is nothing of this report to be had as ${format}`)
          : archived(report.subject.id, format, rendered.value);
      } finally {
        under -= 1;
      }
    },
    async figure(report, file) {
      for (const figure of reportFigures(report)) {
        if (file === bareName(figure, "svg")) return await pictureResponse(await themed(figure));
        if (file === bareName(figure, "vl.json")) {
          const spec = figureSpec(figure, THEMES.light, "inside");
          return download(file, "application/json", JSON.stringify(spec, null, 2));
        }
      }
      return undefined;
    },
  };
}

function archived(subject: string, format: string, files: readonly OutputFile[]): PageResponse {
  const [only, more] = files;
  if (only !== undefined && more === undefined) {
    const extension = /\.[a-z.]+$/.exec(only.name)?.[0] ?? "";
    return download(`${subject}${extension}`, "application/octet-stream", only.content);
  }
  const entries = files.map(
    ({ name, content }) => [name, typeof content === "string" ? strToU8(content) : content] as const,
  );
  const zipped = zipSync(Object.fromEntries(entries), STORED);
  return download(`${subject}-${format}.zip`, "application/zip", zipped);
}

/** The first date that the format can say, so that the same files give the same bytes. */
const STORED = { level: 0, mtime: new Date(1980, 0, 1) } as const;

function bareName(figure: Figure, extension: "svg" | "vl.json"): string {
  return figureFile(figure, extension).replace(/^figures\//, "");
}

/** Both colour schemes: a picture is told which one to use by the page that it stands in. */
const PICTURE_STYLE = `:root{${customProperties("light")}}@media (prefers-color-scheme:dark){:root{${customProperties("dark")}}}`;

async function themed(figure: Figure): Promise<string> {
  const svg = await svgOf(figureSpec(figure, PAGE_THEME, "outside"));
  return svg.replace(/<svg [^>]*>/, (tag) => `${tag}<style>${PICTURE_STYLE}</style>`);
}

async function pictureResponse(svg: string): Promise<PageResponse> {
  return {
    status: STATUS.ok,
    headers: {
      "content-type": "image/svg+xml; charset=utf-8",
      "cache-control": "private, max-age=86400",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${await sha256(PICTURE_STYLE)}'; frame-ancestors 'none'`,
    },
    body: svg,
  };
}

function unavailable(what: string, headers: Readonly<Record<string, string>> = {}): PageResponse {
  return textResponse(STATUS.unavailable, what, headers);
}
