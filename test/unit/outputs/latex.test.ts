import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { latex } from "../../../src/outputs/latex.ts";
import { latexTable } from "../../../src/outputs/latex-table.ts";
import { latexLine, latexText } from "../../../src/outputs/latex-text.ts";
import { expectGolden } from "../golden.ts";
import { groupedTable, madeUpDocument } from "../made-up/document.ts";
import { figures, table, words } from "../made-up/table.ts";
import { filesOf, rendered } from "./rendered.ts";

describe("text in LaTeX", () => {
  test.each([
    ["\\input{/etc/passwd}", "\\textbackslash{}input\\{/etc/pa\\allowbreak{}sswd\\}"],
    ["100% of $x_1^2$ & #3", "100\\% of \\$x\\_1\\textasciicircum{}2\\$ \\& \\#3"],
    [
      '~ < > | " `',
      "\\textasciitilde{} \\textless{} \\textgreater{} \\textbar{} \\textquotedblright{} \\textasciigrave{}",
    ],
    ["[2em] *", "{[}2em{]} {*}"],
    ["-- --- '' ,,", "-{}- -{}-{}- '{}' ,{},"],
    [
      "ΔL(n-1) ± 2 · 10² x₂ –",
      "\\ensuremath{\\Delta}L(n-1) \\ensuremath{\\pm} 2 \\ensuremath{\\cdot} 10\\ensuremath{^{2}} x\\ensuremath{_{2}} \\textendash{}",
    ],
    ["é ő ß Å", "\\'{e} \\H{o} \\ss{} \\AA{}"],
    ["漢 🐢 \u0000", "\\unknowncharacter{} \\unknowncharacter{} \\unknowncharacter{}"],
    ["two\nlines", "two lines"],
    ["", ""],
  ])("%j is typeset as it is read", (text, expected) => {
    expect(latexText(text)).toBe(expected);
  });

  test("keeps the spaces of a listing", () => {
    expect(latexLine("  a\tb")).toBe("~~a~~~~b");
  });

  test("holds no command but ours and no sign that TeX would act on, whatever it is", () => {
    const nasty = fc.string({ unit: fc.constantFrom(..."\\{}$&#_%^~<>|\"`[]*-',a é漢\n\u0000\ud800") });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: "binary" })), (text) => {
        const made = latexText(text);
        expect(made).not.toMatch(/--|''|``|,,/);
        const left = made
          .replaceAll(
            /\\(?:text[a-z]+|unknowncharacter|allowbreak|ensuremath|[A-Za-z]{1,10})(?![A-Za-z])/g,
            "",
          )
          .replaceAll(/\\[{}$&#_%'^"~`.=]/g, "");
        expect(left).not.toMatch(/\\|[$&#%]/);
        expect(balanced(left)).toBe(true);
      }),
    );
  });
});

function balanced(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === "{") depth += 1;
    if (sign === "}") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

describe("a table in LaTeX", () => {
  test("with groups, doubts and footnotes is the golden one", () => {
    expectGolden("latex/table.tex", latexTable(groupedTable(), "A LABEL. And more."));
  });

  test("that is too wide breaks its columns of words and keeps its figures whole", () => {
    const wide = table("t", "t", [words("a"), words("b"), figures("c")], [["x", "word ".repeat(60), "1.5"]]);
    const [, columns] = /\\begin\{longtable\}\{@\{\}(.*)@\{\}\}/.exec(latexTable(wide, undefined)) ?? [];
    expect(columns).toMatch(/^l>\{\\raggedright\\arraybackslash\}p\{1\d\d\.\dmm\}r$/);
  });
});

describe("the document in LaTeX", () => {
  test("carries the label on every page, in its beginning and with each table", async () => {
    const text = await rendered(latex, madeUpDocument(), "report.tex");
    const short = "EMULATED HARDWARE: L0 runs on a computer that QEMU emulates.";
    expect(text).toContain(`\\lhead{\\footnotesize\\bfseries\\textcolor{warning}{${short}}}`);
    expect(text).toContain("do not set them beside figures of real hardware.}\\par");
    const captions = text.split("\n").filter((line) => line.startsWith("\\tabletitle{"));
    expect(captions).toHaveLength(2);
    for (const caption of captions) expect(caption).toContain(short);
  });

  test("brings every picture that it shows", async () => {
    const files = await filesOf(latex, madeUpDocument());
    const text = String(files[0]?.content);
    const shown = [...text.matchAll(/\\includegraphics\[width=[\d.]+mm\]\{([^}]*)\}/g)].map(
      ([, name]) => name,
    );
    expect(shown).toEqual(files.slice(1).map(({ name }) => name));
    expect(shown).toHaveLength(6);
  });

  test("opens and closes every environment in order", async () => {
    const text = await rendered(latex, madeUpDocument(), "report.tex");
    const open: string[] = [];
    for (const [, what, name] of text.matchAll(/\\(begin|end)\{(\w+)\}/g)) {
      if (what === "begin") open.push(name ?? "");
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });
});
