import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { anchor, html as markup } from "../../../src/outputs/html/markup.ts";
import { tableMarkup } from "../../../src/outputs/html/table.ts";
import { html } from "../../../src/outputs/html.ts";
import { expectGolden } from "../golden.ts";
import { groupedTable, madeUpDocument } from "../made-up/document.ts";
import { timeline } from "../made-up/figures.ts";
import { rendered } from "./rendered.ts";

const page = await rendered(html, madeUpDocument(), "report.html");
const all = (pattern: RegExp, text = page) => [...text.matchAll(pattern)].map((match) => match[1] ?? "");

describe("markup", () => {
  test("escapes what is inserted, unless it is markup itself", () => {
    const inner = markup`<b>${"<&>\"'"}</b>`;
    expect(markup`<p title="${'"'}">${inner}${[inner, "<"]}${undefined}${3}</p>`.markup).toBe(
      '<p title="&quot;"><b>&lt;&amp;&gt;&quot;&#39;</b><b>&lt;&amp;&gt;&quot;&#39;</b>&lt;3</p>',
    );
  });

  test("makes ids of any text", () => {
    expect(anchor('a b"<ü>_1')).toBe("a-b-_1");
  });
});

describe("the page", () => {
  test("forbids all but its own style, and the hash in its policy is that style's", () => {
    const [style = ""] = all(/<style>([\s\S]*?)<\/style>/g);
    const hash = createHash("sha256").update(style).digest("base64");
    expect(all(/Content-Security-Policy" content="([^"]*)"/g)).toEqual([
      `default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
    ]);
    expect(page.match(/<style>/g)).toHaveLength(1);
  });

  test("has no script, no inline style and no address to fetch from", () => {
    expect(page).not.toMatch(/<script|\son[a-z]+=|\sstyle=|javascript:|<iframe|<object|<embed|@import|url\(/);
    const addresses = all(/\s(?:src|href|action|data)="([^"]*)"/g).filter((one) => !one.startsWith("#"));
    for (const address of addresses) expect(address).toMatch(/^data:/);
  });

  test("has one h1, then an h2 for each section, which its contents link to", () => {
    const { sections } = madeUpDocument();
    expect(all(/<(h\d)[ >]/g)).toEqual(["h1", ...sections.map(() => "h2")]);
    const [contents = ""] = all(/<nav aria-label="Contents">([\s\S]*?)<\/nav>/g);
    expect(all(/href="#([^"]*)"/g, contents)).toEqual(sections.map(({ id }) => id));
  });

  test("gives every id once, and every reference meets one", () => {
    const ids = all(/\sid="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [
      ...all(/\shref="#([^"]*)"/g),
      ...all(/\saria-(?:labelledby|describedby)="([^"]*)"/g).flatMap((one) => one.split(" ")),
    ];
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(ids).toContain(reference);
  });

  test("names every table in a caption and every cell's heading by scope", () => {
    expect(all(/<(table)[ >]/g)).toHaveLength(all(/<(caption) /g).length);
    for (const heading of all(/<th ([^>]*)>/g)) expect(heading).toMatch(/scope="(col|colgroup|row)"/);
  });

  test("shows each figure, its words, its data and its specification", () => {
    expect(all(/<figure id="figure-([^"]*)"/g)).toEqual([
      "throughput-ratios",
      "figure-2",
      "threads-bars",
      "curves",
      "figure-1",
      "timeline",
    ]);
    const specifications = all(/href="data:application\/json;base64,([^"]*)"/g).map((text) =>
      JSON.parse(Buffer.from(text, "base64").toString("utf8")),
    );
    expect(specifications).toHaveLength(6);
    for (const one of specifications)
      expect(one).toMatchObject({ $schema: expect.stringContaining("v6.json") });
  });

  test("carries the label on top, in the heading of each printed page, in each table and in each labelled figure", () => {
    const short = "EMULATED HARDWARE: L0 runs on a computer that QEMU emulates.";
    expect(page).toContain('<p class="banner"><strong>EMULATED HARDWARE</strong>: L0 runs on');
    expect(page).toContain(`<div class="running-head" aria-hidden="true"><p>${short}</p></div>`);
    for (const caption of all(/<caption [^>]*>([\s\S]*?)<\/caption>/g)) {
      // The published figure's data is of real hardware.
      if (!caption.includes("SysBench CPU test, resources")) expect(caption).toContain(short);
    }
    for (const figure of all(/<figure ([\s\S]*?)<\/figure>/g)) {
      expect(/<svg [\s\S]*EMULATED HARDWARE[\s\S]*<\/svg>/.test(figure)).toBe(!figure.includes("figure-2"));
    }
  });

  test("of real hardware has no label and no banner", async () => {
    const { label: _, ...real } = madeUpDocument({ hardware: "real", sections: [] });
    const text = await rendered(html, real, "report.html");
    expect(text).not.toContain("EMULATED");
    expect(text).not.toContain('<p class="banner"');
    expect(text).not.toContain('<div class="running-head"');
  });

  test("is the same each time", async () => {
    expect(await rendered(html, madeUpDocument(), "report.html")).toBe(page);
  });

  test("keeps a long timeline's data short and says how much there is", async () => {
    const spans = Array.from({ length: 200 }, (_, index) => ({
      ...SPAN,
      fromSeconds: 2 * index,
      toSeconds: 2 * index + 1,
    }));
    const block = { kind: "figure", figure: { ...timeline(), spans } } as const;
    const sections = [{ id: "one", title: "One", blocks: [block] }];
    const text = await rendered(html, madeUpDocument({ sections }), "report.html");
    expect(all(/<tr>(<t[hd] )/g, text)).toHaveLength(1 + 120);
    expect(text).toContain("80 more rows are in the specification.");
  });
});

const SPAN = { boot: 1, level: 0, what: "cpu", fromSeconds: 0, toSeconds: 1, failed: false };

test("a table with groups, doubts and footnotes is the golden one", () => {
  expectGolden("html/table.html", tableMarkup(groupedTable(), "A LABEL. And more.").markup);
});

test("every character of ASCII is shown as itself, but what HTML or nobody can read", () => {
  const special = new Map([
    ["&", "&amp;"],
    ["<", "&lt;"],
    [">", "&gt;"],
    ['"', "&quot;"],
    ["'", "&#39;"],
    ["\r", "\n"],
    ["\n", "\n"],
    ["\t", "\t"],
  ]);
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code);
    const shown = special.get(character) ?? (code < 32 || code === 127 ? "\ufffd" : character);
    expect(markup`${`a${character}b`}`.markup, `U+${code.toString(16)}`).toBe(`a${shown}b`);
  }
});
