import { readFileSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/core/report/parts/report.ts";
import { publishedReport } from "../../src/core/report/published/published-report.ts";
import { runReport } from "../../src/core/report/run/run-report.ts";
import { THEMES } from "../../src/outputs/vega-theme.ts";
import { references } from "../../src/references/index.ts";
import { countedEvidence } from "../unit/made-up/counted.ts";
import { madeUpDocument } from "../unit/made-up/document.ts";
import { ALL_ATTACKS, hostileReport, reportOfAttacks } from "../unit/made-up/hostile.ts";
import { madeUpReport } from "../unit/made-up/report.ts";
import { LOOKS, launch, withPage } from "./page.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const REPORTS: readonly (readonly [string, () => Report])[] = [
  ["every kind of block", () => madeUpDocument()],
  ["a run", () => madeUpReport()],
  ["a run in counted time", () => runReport(countedEvidence())],
  ...references.map((study) => [study.name, () => publishedReport(study)] as const),
  ["hostile text, each attack in many places", reportOfAttacks],
  ["hostile text, all in every place", () => hostileReport(() => ALL_ATTACKS)],
];
const DESKTOP = { width: 1280, scheme: "light" } as const;

describe.each(REPORTS)("the page of %s", (_, report) => {
  test.each(LOOKS)("asks for nothing, complains of nothing and fits at $width px, $scheme", async (look) => {
    await withPage(browser, report(), look, async ({ page, events }) => {
      await openDetails(page);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(look.width);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
        rgb(THEMES[look.scheme].paper),
      );
      expect(events).toEqual([]);
    });
  });

  test.each(LOOKS)("has nothing that axe objects to at $width px, $scheme", async (look) => {
    await withPage(browser, report(), look, async ({ page }) => {
      await openDetails(page);
      expect(violations(await audit(page))).toEqual([]);
    });
  });
});

describe("the page", () => {
  test("draws its pictures in the colours of the scheme", async () => {
    for (const scheme of ["light", "dark"] as const) {
      await withPage(browser, madeUpDocument(), { width: 1280, scheme }, async ({ page }) => {
        const fills = await page.evaluate(
          "[...document.querySelectorAll('figure svg [fill]')].map((mark) => getComputedStyle(mark).fill)",
        );
        expect(fills).toContain(rgb(THEMES[scheme].ink));
        expect(fills).toContain(rgb(THEMES[scheme].tones.slower));
      });
    }
  });

  test("can be read with the keyboard alone: the way past the contents first, then every region that scrolls", async () => {
    await withPage(browser, madeUpDocument(), { width: 390, scheme: "light" }, async ({ page }) => {
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("content");
      const stuck = await page.$$eval(".scroll", (regions) =>
        regions.filter(
          (region) => region.scrollWidth > region.clientWidth && region.getAttribute("tabindex") !== "0",
        ),
      );
      expect(stuck).toEqual([]);
    });
  });

  test("hands out a figure's specification as a file, without the network", async () => {
    await withPage(browser, madeUpDocument(), DESKTOP, async ({ page, events }) => {
      await openDetails(page);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.click('a[download="throughput-ratios.vl.json"]'),
      ]);
      expect(download.suggestedFilename()).toBe("throughput-ratios.vl.json");
      const text = readFileSync(await download.path(), "utf8");
      expect(JSON.parse(text)).toHaveProperty("$schema", "https://vega.github.io/schema/vega-lite/v6.json");
      expect(events.filter((event) => !event.startsWith("request: data:"))).toEqual([]);
    });
  });
});

/** What is folded away must hold as well. */
async function openDetails(page: Page): Promise<void> {
  await page.$$eval("details", (all) => {
    for (const one of all) one.setAttribute("open", "");
  });
}

async function audit(page: Page): Promise<AxeResults> {
  // Not by a script element, which the page's policy forbids.
  await page.evaluate(axe.source);
  return page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
}

function violations({ violations: found }: AxeResults): readonly string[] {
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(" ").slice(0, 200)}`),
  );
}

/** `#rrggbb` as a browser says it. */
function rgb(colour: string): string {
  return `rgb(${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(", ")})`;
}
