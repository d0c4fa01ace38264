import type { TestProject } from "vitest/node";
import { ensurePackages } from "../src/adapters/debian.ts";
import { cacheFolder } from "../src/adapters/folders.ts";
import { localMachine } from "../src/adapters/machine/local.ts";
import { problemText } from "../src/core/base/problem.ts";
import { imageNeeds } from "../src/platforms/host-lab.ts";
import { platformNamed } from "../src/platforms/index.ts";

/** What tests start or read on this host, each with the Debian package that has it. */
type Needs = Readonly<Record<string, string>>;

const cache = cacheFolder(process.env);
const emulatedComputer = () => platformNamed("x86_64-kvm").needs(cache);

const NEEDS: Readonly<Record<string, () => Promise<Needs>>> = {
  browser: async () => ({
    chromium: "chromium",
    pdftotext: "poppler-utils",
    pdflatex: "texlive-latex-base",
    "/usr/share/texlive/texmf-dist/tex/latex/booktabs/booktabs.sty": "texlive-latex-recommended",
    "/usr/share/texmf/tex/latex/lm/lmodern.sty": "lmodern",
  }),
  network: async () => ({
    ip: "iproute2",
    openssl: "openssl",
    sshd: "openssh-server",
    ssh: "openssh-client",
    unshare: "util-linux",
    ...(await imageNeeds(process.arch === "arm64" ? "aarch64" : "x86_64", cache)),
  }),
  live: emulatedComputer,
  slow: emulatedComputer,
};

/** Before a project's first test: installs what its tests need. */
export default async function setup({ name }: TestProject): Promise<void> {
  const needs = NEEDS[name];
  if (needs === undefined) throw new Error(`nothing says what the tests of ${name} need`);
  await install(await needs());
}

/** Throws where it cannot install them all. */
export async function install(needs: Needs): Promise<void> {
  const packages = await ensurePackages(
    { needs, path: process.env["PATH"] ?? "", ask: undefined, say: (text) => console.error(text) },
    localMachine(),
    AbortSignal.timeout(1_800_000),
  );
  if (!packages.ok) throw new Error(packages.problems.map(problemText).join("\n"));
}
