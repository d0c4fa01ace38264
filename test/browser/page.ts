import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Report } from "../../src/core/report/parts/report.ts";
import { html } from "../../src/outputs/html.ts";
import { rendered } from "../unit/outputs/rendered.ts";

export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** Phone and desktop, by day and by night. */
export const LOOKS: readonly Look[] = [390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
);

export interface OpenPage {
  readonly page: Page;
  readonly address: string;
  /** Everything that should not happen: requests beyond the page itself, messages, errors, dialogs. */
  readonly events: readonly string[];
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
}

/** Writes a report's page to a file, opens that as a reader would, and hands it over; cleans up behind. */
export async function withPage<T>(
  browser: Browser,
  report: Report,
  { width, scheme }: Look,
  use: (open: OpenPage) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-page-"));
  const file = join(folder, "report.html");
  writeFileSync(file, await rendered(html, report, "report.html"));
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
    acceptDownloads: true,
  });
  try {
    const page = await context.newPage();
    const address = pathToFileURL(file).href;
    const events: string[] = [];
    page.on("request", (request) => {
      if (request.url() !== address) events.push(`request: ${request.url().slice(0, 200)}`);
    });
    page.on("console", (message) => events.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => events.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      events.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(address, { waitUntil: "load" });
    return await use({ page, address, events });
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}
