import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/core/report/parts/report.ts";
import { latex } from "../../src/outputs/latex.ts";
import { pdf } from "../../src/outputs/pdf.ts";
import { shortLabel } from "../../src/outputs/visible-text.ts";
import { madeUpDocument } from "../unit/made-up/document.ts";
import { MADE_UP_LABEL } from "../unit/made-up/figures.ts";
import { ALL_ATTACKS, hostileReport, reportOfAttacks } from "../unit/made-up/hostile.ts";
import { madeUpReport } from "../unit/made-up/report.ts";
import { filesOf } from "../unit/outputs/rendered.ts";
import { launch, withPage } from "./page.ts";

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "dvirt-paper-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await browser.close();
});

/** The text of each page of a PDF, on one line. */
function pagesOf(file: string): readonly string[] {
  const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  return text
    .split("\f")
    .slice(0, -1)
    .map((page) => page.replaceAll(/\s+/g, " "));
}

async function printed(report: Report): Promise<readonly string[]> {
  const file = join(folder, "printed.pdf");
  await withPage(browser, report, { width: 1280, scheme: "dark" }, ({ page }) =>
    page.pdf({ path: file, format: "A4" }),
  );
  return pagesOf(file);
}

async function typeset(report: Report): Promise<readonly string[]> {
  const [made] = await filesOf(pdf, report);
  const file = join(folder, "typeset.pdf");
  writeFileSync(file, made?.content ?? "");
  return pagesOf(file);
}

/** Two passes, as `longtable` needs; an error in either is one here. */
async function compiled(report: Report): Promise<readonly string[]> {
  const place = mkdtempSync(join(folder, "latex-"));
  for (const { name, content } of await filesOf(latex, report)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), content);
  }
  for (const _ of [1, 2]) {
    try {
      execFileSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "report.tex"], {
        cwd: place,
        stdio: "pipe",
      });
    } catch {
      throw new Error(readFileSync(join(place, "report.log"), "latin1").split("\n").slice(-60).join("\n"));
    }
  }
  return pagesOf(join(place, "report.pdf"));
}

describe.each([
  ["the page, printed", printed],
  ["the PDF", typeset],
  ["the LaTeX document, compiled", compiled],
])("%s", (_, pages) => {
  test.each([
    ["every kind of block", madeUpDocument],
    ["a run", madeUpReport],
  ])("carries the label on every page (%s)", async (_name, report) => {
    const found = await pages(report());
    expect(found.length).toBeGreaterThan(2);
    // At the head of the page: tables and figures further down carry it as well.
    for (const page of found) expect(page.trim().startsWith(shortLabel(MADE_UP_LABEL)), page).toBe(true);
  });

  test.each([
    ["each in many places", reportOfAttacks],
    ["all in every place", () => hostileReport(() => ALL_ATTACKS)],
  ])("survives hostile text, %s, and shows no file of this machine", async (_name, report) => {
    const text = (await pages(report())).join(" ");
    expect(text).toContain("alert(1)");
    expect(text).not.toContain("root:x:0");
    expect(text).not.toMatch(/uid=\d+/);
  });
});
