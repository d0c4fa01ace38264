// Trials that studies which stop on width take, against a fixed design, in the simulated lab: node scripts/bench-stopping.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = fileURLToPath(import.meta.url);
const HOME = join(HERE, "../..");

/** The simulated studies of the tests, compiled: inside node_modules, from where their packages are found. */
export async function benchStopping() {
  const folder = mkdtempSync(join(HOME, "node_modules/.bench-"));
  try {
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../tsconfig.json",
        compilerOptions: { rootDir: "../..", outDir: "out" },
        include: [],
        files: ["../../test/unit/simulation/adaptive-studies.ts"],
      }),
    );
    execFileSync("npx", ["tsc", "-p", folder], { cwd: HOME, stdio: "inherit" });
    const load = (path) => import(pathToFileURL(join(folder, "out", path)).href);
    const { adaptiveTally, CASES, fixedTrials } = await load("test/unit/simulation/adaptive-studies.js");
    const fixed = fixedTrials(CASES, 60, 1);
    const found = CASES.map((one) => adaptiveTally(one, 200, 1));
    const shares = found.map(({ trials }) => trials / fixed);
    const coverage = found.map((one) => one.coverage);
    console.log(
      `stopping on width: ${Math.min(...shares).toFixed(2)} to ${Math.max(...shares).toFixed(2)} of the trials of a fixed design, ` +
        `intervals hold the truth ${percent(Math.min(...coverage))} to ${percent(Math.max(...coverage))}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function percent(share) {
  return `${(share * 100).toFixed(1)}%`;
}

if (process.argv[1] === HERE) await benchStopping();
