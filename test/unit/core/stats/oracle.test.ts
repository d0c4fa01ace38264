import { expect, test } from "vitest";
import { fixturePaths } from "../../fixture.ts";
import { oracleVersions } from "./oracle.ts";

const names = fixturePaths().flatMap((path) => /^oracles\/(.+)\.json$/.exec(path)?.[1] ?? []);

test("every oracle says which versions of which programs it is from, and how", () => {
  expect(names).toEqual([
    "equivalence",
    "fieller",
    "hedges",
    "permutation",
    "series",
    "t-distribution",
    "t-tests",
    "variance-components",
  ]);
  for (const name of names)
    expect(Object.keys(oracleVersions(name))).toEqual(["python", "numpy", "scipy", "mpmath", "R"]);
});
