import { expect, test } from "vitest";
import { fixturePaths } from "../../fixture.ts";
import { oracleVersions } from "./oracle.ts";

const names = fixturePaths().flatMap((path) => /^oracles\/(.+)\.json$/.exec(path)?.[1] ?? []);

/** What NumPy and SciPy alone say. */
const WITHOUT_R = ["blocks", "hedges", "permutation"];

test("every oracle says which versions of which programs it is from, and how", () => {
  expect(names).toEqual([
    "blocks",
    "equivalence",
    "fieller",
    "hedges",
    "permutation",
    "series",
    "t-distribution",
    "t-tests",
    "variance-components",
  ]);
  for (const name of names) {
    const r = WITHOUT_R.includes(name) ? [] : ["R"];
    expect(Object.keys(oracleVersions(name))).toEqual(["python", "numpy", "scipy", "mpmath", ...r]);
  }
});
