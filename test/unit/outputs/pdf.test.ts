import { afterEach, describe, expect, test, vi } from "vitest";
import { pdf } from "../../../src/outputs/pdf.ts";
import { madeUpDocument } from "../made-up/document.ts";
import { figures, table, words } from "../made-up/table.ts";
import { filesOf } from "./rendered.ts";

const COMPILER = "@myriaddreamin/typst-ts-node-compiler";

afterEach(() => {
  vi.doUnmock(COMPILER);
  vi.resetModules();
});

/** As the document's page tree says. */
function pageCount(content: string | Uint8Array = ""): number {
  return Number(/\/Count (\d+)/.exec(Buffer.from(content).toString("latin1"))?.[1]);
}

describe("the PDF", () => {
  test("has several pages and names the report", async () => {
    const [file] = await filesOf(pdf, madeUpDocument());
    const text = Buffer.from(file?.content ?? "").toString("latin1");
    expect(file?.name).toBe("report.pdf");
    expect(text).toMatch(/^%PDF-1\.\d/);
    expect(text.trimEnd()).toMatch(/%%EOF$/);
    expect(pageCount(file?.content)).toBeGreaterThan(2);
  });

  test("is the same each time", async () => {
    expect(await filesOf(pdf, madeUpDocument())).toEqual(await filesOf(pdf, madeUpDocument()));
  });

  test("comes to an end where a heading takes a page and more", async () => {
    const heading = "word ".repeat(3000);
    const tall = table("t", heading, [figures(heading, heading), words(heading)], [["1", "x"]]);
    const section = { id: "a", title: heading, blocks: [{ kind: "table", table: tall }] } as const;
    const [file] = await filesOf(pdf, madeUpDocument({ title: heading, sections: [section] }));
    expect(pageCount(file?.content)).toBeGreaterThan(5);
  });

  test("is a problem with a remedy where its compiler is not installed", async () => {
    vi.doMock(COMPILER, () => {
      throw new Error("Cannot find package");
    });
    vi.resetModules();
    const { pdf: without } = await import("../../../src/outputs/pdf.ts");
    expect(await without.render(madeUpDocument())).toMatchObject({
      ok: false,
      problems: [{ code: "pdf-unavailable", hint: expect.stringContaining("report.html") }],
    });
  });
});
