import type { Figure } from "../core/figure.ts";
import { failed, ok, type Result } from "../core/problem.ts";
import type { Report } from "../core/report.ts";
import { figureFile, reportFigures } from "../outputs/figure-files.ts";
import { customProperties, PAGE_THEME } from "../outputs/html/colours.ts";
import { sha256 } from "../outputs/html/page.ts";
import type { Output, OutputFile } from "../outputs/output.ts";
import { svgOf } from "../outputs/svg.ts";
import { figureSpec } from "../outputs/vega.ts";
import { THEMES } from "../outputs/vega-theme.ts";
import { zip } from "../outputs/zip.ts";
import { download, type PageResponse, STATUS } from "./exchange.ts";

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
      if (under >= AT_ONCE) return BUSY;
      under += 1;
      try {
        const files = await filesOf(report, output);
        return files.ok
          ? archived(report.subject.id, format, files.value)
          : unavailable(files.problems[0]?.what);
      } finally {
        under -= 1;
      }
    },
    async figure(report, file) {
      for (const figure of reportFigures(report)) {
        if (file === bareName(figure, "svg")) return await pictureResponse(await themed(figure));
        if (file === bareName(figure, "vl.json")) {
          return download(
            file,
            "application/json",
            JSON.stringify(figureSpec(figure, THEMES.light, "inside"), null, 2),
          );
        }
      }
      return undefined;
    },
  };
}

async function filesOf(report: Report, output: Output): Promise<Result<readonly OutputFile[]>> {
  const rendered = await output.render(report);
  if (rendered.ok && rendered.value.length === 0) {
    return failed({ code: "no-file", what: `there is nothing of this report to be had as ${output.name}` });
  }
  return rendered.ok ? ok(rendered.value) : rendered;
}

function archived(subject: string, format: string, files: readonly OutputFile[]): PageResponse {
  const [only, more] = files;
  if (only !== undefined && more === undefined) {
    const extension = /\.[a-z.]+$/.exec(only.name)?.[0] ?? "";
    return download(`${subject}${extension}`, "application/octet-stream", only.content);
  }
  return download(`${subject}-${format}.zip`, "application/zip", zip(files));
}

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

const BUSY: PageResponse = {
  status: STATUS.unavailable,
  headers: { "content-type": "text/plain; charset=utf-8", "retry-after": "3" },
  body: "other files are being made just now: try again in a few seconds\n",
};

function unavailable(what: string | undefined): PageResponse {
  return {
    status: STATUS.unavailable,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: `${what ?? "this format cannot be made here"}\n`,
  };
}
