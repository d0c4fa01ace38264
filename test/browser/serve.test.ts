import { readFileSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { THEMES } from "../../src/outputs/vega-theme.ts";
import { createPlace, type Place } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { studyText } from "../lab/simulated-study.ts";
import { type Running, startDvirt, succeed } from "../program/built-program.ts";
import { fillHostileStore, HOSTILE_GROUP, HOSTILE_RUN } from "../program/hostile-store.ts";
import { type Served, serve } from "../program/served.ts";
import { LOOKS, type Look, launch } from "./page.ts";

let browser: Browser;
let place: Place;
let served: Served;
/** Simulated runs: under one policy, and under another. */
let [first, second] = ["", ""];
/** A study on two simulated platforms. */
let group = "";

beforeAll(async () => {
  browser = await launch();
  place = await createPlace();
  await place.write("sim.yaml", studyText({ boots: 3 }));
  for (const policy of ["reserved", "over-committed"]) {
    await succeed(place, `run sim.yaml --seed 7 --resources ${policy}`);
  }
  [first = "", second = ""] = [...(await readRawStore(place.store)).runs].sort();
  const platforms = "platforms: [simulated, { name: simulated-costly, levels: 1 }]";
  await place.write("two.yaml", studyText({ boots: 2 }).replace("platform: simulated", platforms));
  const grouped = await succeed(place, "run two.yaml --seed 9");
  group = / group (\S+)/.exec(grouped.stdout)?.[1] ?? "";
  await fillHostileStore(place.store);
  served = await serve(place);
});
afterAll(async () => {
  await served.stop();
  await place.remove();
  await browser.close();
});

/** A run's name ends in its seed. */
async function runOfSeed(seed: number): Promise<string> {
  return (await readRawStore(place.store)).runs.find((id) => id.endsWith(`-sim-${seed}`)) ?? "";
}

interface Open {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything that should not happen: requests to elsewhere, messages, errors, dialogs. */
  readonly events: readonly string[];
}

const DESKTOP: Look = { width: 1280, scheme: "light" };

async function visit<T>(
  target: string,
  { width, scheme }: Look,
  use: (open: Open) => Promise<T>,
  more: { readonly javaScriptEnabled?: boolean } = {},
): Promise<T> {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
    acceptDownloads: true,
    ...more,
  });
  try {
    const page = await context.newPage();
    const events: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(`${served.base}/`))
        events.push(`request: ${request.url().slice(0, 200)}`);
    });
    page.on("console", (message) => events.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => events.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      events.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(served.base + target, { waitUntil: "load" });
    return await use({ page, context, events });
  } finally {
    await context.close();
  }
}

const PAGES: readonly (readonly [string, () => string])[] = [
  ["runs", () => "/"],
  ["a run", () => `/runs/${second}?policies=all`],
  ["a group", () => `/groups/${group}`],
  ["trials", () => `/runs/${second}/trials?workload=cpu&level=1`],
  ["a trial", () => `/runs/${second}/trials/b1-up-L1-cpu-1`],
  ["live", () => `/runs/${second}/live`],
  ["compare", () => `/compare?subject=${second}&subject=${first}&subject=fitzgerald-2014`],
  ["a published study", () => "/published/fitzgerald-2014?policies=all"],
  ["an audit", () => "/published/fitzgerald-2014/audit"],
  ["hostile text in a run", () => `/runs/${encodeURIComponent(HOSTILE_RUN)}`],
  ["hostile text in a trial", () => `/runs/${encodeURIComponent(HOSTILE_RUN)}/trials/b1-up-L0-cpu-1`],
  ["hostile text in a group", () => `/groups/${encodeURIComponent(HOSTILE_GROUP)}`],
  ["hostile text live", () => `/runs/${encodeURIComponent(HOSTILE_RUN)}/live`],
  ["what is not there", () => "/compare?subject=no&subject=nothing"],
];

describe.each(PAGES)("the page of %s", (name, target) => {
  test.each(LOOKS)(
    "asks for nothing elsewhere, complains of nothing, fits and passes axe at $width px, $scheme",
    async (look) => {
      await visit(target(), look, async ({ page, events }) => {
        await page.$$eval("details", (all) => {
          for (const one of all) one.setAttribute("open", "");
        });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(look.width);
        expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
          rgb(THEMES[look.scheme].paper),
        );
        expect(violations(await audit(page))).toEqual([]);
        // A page that is not there is one failed request, which the browser tells.
        expect(events).toEqual(name === "what is not there" ? [expect.stringContaining("404")] : []);
      });
    },
  );
});

describe("runs", () => {
  test("are found by what they are, and by words", async () => {
    await visit("/", DESKTOP, async ({ page }) => {
      const shown = () => page.locator("ol.runs").first().locator("li .what").count();
      expect(await shown()).toBe(5);
      await page.selectOption("select[name=hardware]", "simulated");
      await page.click("form.filter button");
      expect(await shown()).toBe(4);
      expect(page.url()).toContain("hardware=simulated");
      await page.fill("input[name=q]", "over-committed");
      await page.press("input[name=q]", "Enter");
      expect(await shown()).toBe(1);
      expect(await page.locator("ol.runs code").first().textContent()).toBe(second);
      await page.goBack();
      expect(await shown()).toBe(4);
      expect(await page.inputValue("select[name=hardware]")).toBe("simulated");
    });
  });

  test("say their answer in a line, which leads to trials in one step and to a trial in two", async () => {
    await visit(`/?q=${second}`, DESKTOP, async ({ page }) => {
      const line = page.locator("ol.runs li li", { hasText: "L2" }).first();
      expect(await line.textContent()).toMatch(/L2 costs \d+(\.\d+)?%/);
      await line.locator("a").click();
      expect(new URL(page.url()).pathname).toBe(`/runs/${second}/trials`);
      await page.locator("tbody a").first().click();
      expect(new URL(page.url()).pathname).toMatch(/\/trials\/b\d-(up|down)-L2-/);
      expect(await page.locator("pre").first().textContent()).toContain("sysbench");
    });
  });

  test("are chosen for a comparison, whose address shows it to anybody", async () => {
    const address = await visit("/", DESKTOP, async ({ page }) => {
      await page.check(`input[value="${second}"]`);
      await page.check(`input[value="${first}"]`);
      await page.click("text=Compare the chosen");
      expect(await page.locator("h1").textContent()).toContain("against");
      return page.locator("a[rel=bookmark]").getAttribute("href");
    });
    await visit(address ?? "", DESKTOP, async ({ page }) => {
      // They differ in their resources, so absolute figures are refused, by name.
      expect(await page.locator(".refused").textContent()).toMatch(
        /no absolute figures, because they differ in resources/,
      );
      expect(await page.locator(".choices a").allTextContents()).not.toContain("as it is");
    });
  });

  test("the search is one key away", async () => {
    await visit("/", DESKTOP, async ({ page }) => {
      await page.keyboard.press("/");
      expect(await page.evaluate("document.activeElement.name")).toBe("q");
    });
  });
});

describe("a run", () => {
  const caption = (page: Page) => page.locator("#chart-cpu caption").textContent();

  test("is seen in other ways by links, which work without a script and are in the address", async () => {
    await visit(
      `/runs/${second}`,
      DESKTOP,
      async ({ page }) => {
        expect(await caption(page)).toContain("throughput as a ratio");
        await page.click(".choices >> text=response time");
        expect(await caption(page)).toContain("mean response time as a ratio, lower is better");
        await page.click(".choices >> text=as it is");
        expect(await caption(page)).toContain("in ms");
        expect(await page.locator("#chart-cpu tbody tr").count()).toBe(3);
        await page.click(".choices >> text=to the level below");
        expect(await page.locator("#chart-cpu").textContent()).toContain("L2 to L1");
        await page.click(".choices >> text=side by side");
        expect(await page.locator("#chart-cpu .series").allTextContents()).toEqual([
          expect.stringContaining("over-committed"),
          expect.stringContaining("reserved"),
        ]);
        const query = new URL(page.url()).searchParams;
        expect(Object.fromEntries(query)).toEqual({ metric: "response", relative: "below", policies: "all" });
        await page.goBack();
        expect(await page.locator("#chart-cpu .series").count()).toBe(0);
      },
      { javaScriptEnabled: false },
    );
  });

  test("throughput can be had per CPU", async () => {
    await visit(`/runs/${second}?relative=none&per=cpu`, DESKTOP, async ({ page }) => {
      expect(await caption(page)).toContain("per CPU");
    });
  });

  test("every figure in a table leads to trials", async () => {
    await visit(`/runs/${second}`, DESKTOP, async ({ page }) => {
      const dead = await page.$$eval("td.end", (cells) =>
        cells
          .filter((cell) => /\d/.test(cell.textContent ?? "") && cell.querySelector("a") === null)
          .map((cell) => cell.textContent),
      );
      expect(dead).toEqual([]);
      const href = await page
        .locator("#table-oltp-results tbody tr")
        .nth(2)
        .locator("td.end a")
        .first()
        .getAttribute("href");
      expect(href).toBe(`/runs/${second}/trials?workload=oltp&level=2`);
    });
  });

  test("pictures come from this server when they are scrolled to, in the colours of the scheme", async () => {
    await visit(`/runs/${second}`, { width: 1280, scheme: "dark" }, async ({ page, events }) => {
      const picture = page.locator("#figure-timeline img");
      await picture.scrollIntoViewIfNeeded();
      await expect
        .poll(() => picture.evaluate((image) => "naturalWidth" in image && Number(image.naturalWidth)))
        .toBeGreaterThan(100);
      expect(events).toEqual([]);
    });
  });

  test("is to be had in every format", async () => {
    await visit(`/runs/${second}`, DESKTOP, async ({ page }) => {
      const names = await page.locator(".downloads a").allTextContents();
      expect(names).toEqual(["html", "markdown", "svg", "csv", "json", "png", "latex", "pdf", "parquet"]);
      for (const name of ["html", "csv", "json"]) {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.click(`.downloads >> text="${name}"`),
        ]);
        const bytes = readFileSync(await download.path());
        if (name === "csv") expect(bytes.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
        else expect(bytes.toString("utf8")).toContain(second);
      }
    });
  });
});

describe("a study's platforms", () => {
  test("stand side by side, each against its own L0, and lead to each one's run and trials", async () => {
    await visit(`/groups/${group}`, DESKTOP, async ({ page }) => {
      const members = page.locator(".members a");
      expect(await members.allTextContents()).toEqual(["simulated", "simulated-costly"]);
      const [one, costly] = await members.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      expect(one).toMatch(/^\/runs\/.+-simulated$/);
      // No choice to see the platforms' absolute figures on one axis.
      expect(await page.locator(".choices a").allTextContents()).not.toContain("as it is");
      expect(await page.locator("#chart-cpu").textContent()).toContain("simulated-costly");
      const dead = await page.$$eval("td.end", (cells) =>
        cells
          .filter((cell) => /\d/.test(cell.textContent ?? "") && cell.querySelector("a") === null)
          .map((cell) => cell.textContent),
      );
      expect(dead).toEqual([]);
      const inColumn = page.locator("#table-relative tbody tr").first().locator("td.end a");
      expect(await inColumn.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual([
        `${one}/trials?workload=cpu&level=1`,
        `${costly}/trials?workload=cpu&level=1`,
      ]);
      await page.click(`a[href="${costly}"]`);
      await page.click("text=beside the study's other platforms");
      expect(new URL(page.url()).pathname).toBe(`/groups/${group}`);
    });
    const listed = await (await fetch(`${served.base}/`)).text();
    expect(listed).toContain(`href="/groups/${group}"`);
  });

  test("are to be had in every format, and their pictures come from this server", async () => {
    const json = await fetch(`${served.base}/groups/${group}/download/json`);
    expect(await json.text()).toContain(group);
    const svg = await fetch(`${served.base}/groups/${group}/figures/stack.svg`);
    expect(svg.headers.get("content-type")).toContain("image/svg+xml");
    expect((await fetch(`${served.base}/groups/nothing`)).status).toBe(404);
  });
});

describe("a run that is being measured", () => {
  let measuring: Running;
  let run = "";
  beforeAll(async () => {
    measuring = startDvirt(place, "run sim.yaml --boots 4 --seed 3", {
      DVIRT_SIMULATED_SECONDS: "0.12",
    });
    await measuring.lines(/^ {2}L0 answers/, 1);
    run = await runOfSeed(3);
  });
  afterAll(async () => {
    await measuring.ended;
  });

  test("is shown as it goes on, also after the connection was cut, and to who comes without a script", async () => {
    await visit("/live", DESKTOP, async ({ page, context, events }) => {
      expect(new URL(page.url()).pathname).toBe(`/runs/${run}/live`);
      const done = async () =>
        Number(/(\d+) of/.exec((await page.locator(".numbers dd").first().textContent()) ?? "")?.[1]);
      const points = () => page.locator("#live circle").count();
      const before = { done: await done(), points: await points() };
      await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(before.done);
      await expect.poll(points, { timeout: 30_000 }).toBeGreaterThan(before.points);
      for (const level of ["L1", "L2"]) {
        const box = page.locator(".stack g.ready, .stack g.measuring", { hasText: level });
        await expect.poll(() => box.count(), { timeout: 60_000, interval: 50 }).toBeGreaterThan(0);
      }
      expect(await page.locator("#link-state").textContent()).toBe("up to date");
      expect(events).toEqual([]);
      // Cut off, a reader is told so; back again, the browser goes on by itself.
      await context.setOffline(true);
      await page.evaluate("document.querySelector('#link-state').textContent = ''");
      const seen = await done();
      await context.setOffline(false);
      await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(seen);
    });
    const plain = await fetch(`${served.base}/runs/${run}/live`);
    expect(await plain.text()).toMatch(/class="badge running"/);
    expect(await (await fetch(`${served.base}/`)).text()).toContain(`/runs/${run}/live`);
  });

  test("is over when it has ended, and a page that looked on says so", async () => {
    await visit(`/runs/${run}/live`, DESKTOP, async ({ page }) => {
      expect((await measuring.ended).code).toBe(0);
      await expect
        .poll(() => page.locator("#live .now").textContent(), { timeout: 30_000 })
        .toContain("not being measured now");
    });
  });

  test("shows every boot that goes on, each with its stack", async () => {
    const several = startDvirt(place, "run sim.yaml --boots 4 --seed 5 --parallel 3", {
      DVIRT_SIMULATED_SECONDS: "0.15",
    });
    await several.lines(/^ {2}boot \d up +L0 /, 1);
    await visit(`/runs/${await runOfSeed(5)}/live`, DESKTOP, async ({ page, events }) => {
      const captions = () => page.locator("#live figcaption").allTextContents();
      await expect.poll(captions, { timeout: 30_000, interval: 50 }).toHaveLength(3);
      expect(await page.locator("#live .now").textContent()).toContain("3 boots side by side");
      expect(await captions()).toEqual([1, 2, 3].map((boot) => `The stack of boot ${boot}`));
      const each = page.locator("#live ul.boots > li");
      await expect.poll(() => each.allTextContents(), { timeout: 30_000 }).toHaveLength(3);
      for (const text of await each.allTextContents()) expect(text).toMatch(/^boot \d: /);
      expect(await page.locator("#live svg.stack").count()).toBe(3);
      expect(events).toEqual([]);
    });
    expect((await several.ended).code).toBe(0);
  });

  test("is said to be gone where its process was killed", async () => {
    const killed = startDvirt(place, "run sim.yaml --seed 4", {
      DVIRT_SIMULATED_SECONDS: "0.2",
    });
    await killed.lines(/^ {2}L0 answers/, 1);
    const id = await runOfSeed(4);
    killed.kill("SIGKILL");
    await killed.ended;
    const text = await (await fetch(`${served.base}/runs/${id}/live`)).text();
    expect(text).toContain(`dvirt resume ${id}`);
    expect(text).toContain("is gone");
  });
});

describe("an audit", () => {
  test("marks every cell that does not hold, with what follows beside it", async () => {
    await visit("/published/fitzgerald-2014/audit", DESKTOP, async ({ page }) => {
      const marked = await page.locator("td.doubt").allTextContents();
      expect(marked).toHaveLength(7);
      expect(marked.some((text) => text.startsWith("-98.85%"))).toBe(true);
    });
  });
});

test("pages can be read with the keyboard alone", async () => {
  await visit(`/runs/${second}`, { width: 390, scheme: "light" }, async ({ page }) => {
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
  });
});

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
