import { ensurePackages } from "../../src/adapters/debian.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { problemText } from "../../src/core/problem.ts";

/** Installs the programs that people open a report with; fails loudly where it cannot. */
export default async function setup(): Promise<void> {
  const packages = await ensurePackages(
    {
      needs: {
        chromium: "chromium",
        pdftotext: "poppler-utils",
        pdflatex: "texlive-latex-base",
        "/usr/share/texlive/texmf-dist/tex/latex/booktabs/booktabs.sty": "texlive-latex-recommended",
        "/usr/share/texmf/tex/latex/lm/lmodern.sty": "lmodern",
      },
      path: process.env["PATH"] ?? "",
      ask: undefined,
      say: (text) => console.error(text),
    },
    localMachine(),
    AbortSignal.timeout(1_800_000),
  );
  if (!packages.ok) throw new Error(packages.problems.map(problemText).join("\n"));
}
