import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { csv } from "../../../src/outputs/csv.ts";
import { html } from "../../../src/outputs/html.ts";
import { json } from "../../../src/outputs/json.ts";
import { latex } from "../../../src/outputs/latex.ts";
import { markdown } from "../../../src/outputs/markdown.ts";
import { parquet } from "../../../src/outputs/parquet.ts";
import { pdf } from "../../../src/outputs/pdf.ts";
import { png } from "../../../src/outputs/png.ts";
import { svg } from "../../../src/outputs/svg.ts";
import { visible } from "../../../src/outputs/visible-text.ts";
import { madeUpDocument } from "../made-up/document.ts";
import { ALL_ATTACKS, ATTACKS, hostileReport, reportOfAttacks } from "../made-up/hostile.ts";
import { filesOf, rendered } from "./rendered.ts";

const TAG = /<(\/?)([a-zA-Z!][^\s/>]*)((?:\s+[^\s=>/]+(?:="[^"<]*")?)*)\s*\/?>/g;

describe.each([
  ["all in every place", () => hostileReport(() => ALL_ATTACKS)],
  ["each in many places", reportOfAttacks],
])("hostile text, %s,", (_, report) => {
  test("is text in HTML: only our own elements and attributes stand there", async () => {
    const page = await rendered(html, report(), "report.html");
    const own = await rendered(html, madeUpDocument(), "report.html");
    // An escaped text leaves no angle bracket that does not begin or end one of our tags.
    expect(page.replaceAll(/<style>[\s\S]*?<\/style>/g, "").replaceAll(TAG, "")).not.toMatch(/[<>]/);
    for (const name of elements(page)) expect(elements(own)).toContain(name);
    for (const name of attributes(page)) expect(attributes(own)).toContain(name);
    expect(page).toBe(visible(page));
  });

  test("is text in SVG, and in a specification that is still JSON", async () => {
    const files = (await filesOf(svg, report())).map(({ name, content }) => ({
      name,
      text: String(content),
    }));
    expect(files).toHaveLength(10);
    for (const { name, text } of files) {
      if (name.endsWith(".json")) expect(JSON.parse(text)).toHaveProperty("description");
      else {
        const known = ["svg", "g", "path", "rect", "line", "text", "tspan", "title", "desc"];
        for (const element of elements(text)) expect(known).toContain(element);
        expect(text.replaceAll(TAG, "")).not.toMatch(/[<>]/);
        expect(text).toBe(visible(text));
      }
    }
  });

  test("is text in LaTeX: none of its commands is one there", async () => {
    const made = await rendered(latex, report(), "report.tex");
    expect(commands(made)).toContain("\\textbackslash");
    for (const attack of ["\\input", "\\immediate", "\\write", "\\read"]) {
      expect(commands(made)).not.toContain(attack);
    }
    expect(made.match(/\\end\{document\}/g)).toHaveLength(1);
    expect(made).toBe(visible(made));
  });

  test("compiles to a PDF that reads nothing", async () => {
    const [file] = await filesOf(pdf, report());
    expect(Buffer.from(file?.content ?? "").toString("latin1")).toMatch(/^%PDF-1\.\d/);
  });

  test("is drawn as PNG", async () => {
    expect(await filesOf(png, report())).toHaveLength(5);
  });
});

function elements(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(TAG)].map(([, , name = ""]) => name.toLowerCase()));
}

function attributes(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(TAG)].flatMap(([, , , all = ""]) =>
      [...all.matchAll(/\s+([^\s=>/"]+)(?:="[^"<]*")?/g)].map(([, name = ""]) => name),
    ),
  );
}

function commands(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\\([A-Za-z]+|[^A-Za-z])/g)].map(([command]) => command));
}

describe.each([ALL_ATTACKS, ...ATTACKS].map((text) => [text]))("the text %j", (text) => {
  const report = hostileReport(() => text);

  test("is text in CSV: no formula and no further field", async () => {
    for (const { content } of await filesOf(csv, report)) {
      for (const field of String(content).split(/,|\r\n/)) {
        // A number may be negative; anything else that begins like a formula is quoted as text.
        if (field !== "" && !Number.isFinite(Number(field))) expect(field).not.toMatch(/^"?[=+\-@\t\r]/);
      }
    }
  });

  test("is text in Markdown", async () => {
    const made = await rendered(markdown, report, "report.md");
    const outside = made.replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, "").replaceAll(/\\[\s\S]/g, "");
    expect(outside).not.toMatch(/<|`(?!``)/);
  });

  test("is read back from JSON as it was", async () => {
    const [file] = await filesOf(json, report);
    expect(JSON.parse(String(file?.content))).toMatchObject({ title: text, notes: [text] });
  });

  test("is read back from Parquet as text", async () => {
    const [trials] = await filesOf(parquet, report);
    const file = new Uint8Array(Buffer.from(trials?.content ?? "")).buffer;
    const [row] = await parquetReadObjects({ file });
    // UTF-8 has no half pairs.
    expect(row?.["problem"]).toBe(Buffer.from(text, "utf8").toString("utf8"));
  });
});
