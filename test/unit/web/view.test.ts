import { describe, expect, test } from "vitest";
import { isOwnName } from "../../../src/web/access.ts";
import { address } from "../../../src/web/address.ts";
import { createCache } from "../../../src/web/cache.ts";
import { chartRows } from "../../../src/web/chart-rows.ts";
import { readView, viewQuery } from "../../../src/web/view.ts";
import { madeUpReport } from "../made-up/report.ts";

describe("a view", () => {
  test.each(["", "metric=response", "relative=below&per=cpu", "policies=all&relative=none"])(
    "comes back from the address that says it: %o",
    (text) => {
      const view = readView(new URLSearchParams(text));
      const said = address([], viewQuery(view)).replace(/^\/\??/, "");
      expect(readView(new URLSearchParams(said))).toEqual(view);
    },
  );

  test("is as usual where the address says nonsense", () => {
    expect(readView(new URLSearchParams("metric=toString&per=&relative=__proto__"))).toEqual(
      readView(new URLSearchParams()),
    );
  });
});

describe("the rows of a chart", () => {
  const { analysis } = madeUpReport();
  const [cell] = analysis.cells;
  const workload = cell?.workload ?? "";
  const view = readView(new URLSearchParams("relative=none"));
  const rows = (source: { cpus: number }, text: string) =>
    chartRows(
      { name: "run", analysis, cpusOf: () => source.cpus },
      workload,
      readView(new URLSearchParams(text)),
      false,
    );

  test("are the means of the boots, in the units of the report", () => {
    const [row] = chartRows({ name: "run", analysis, cpusOf: () => undefined }, workload, view, false);
    expect(row?.value).toBe(cell?.throughput.estimate.mean);
    expect(row?.points.map(({ value }) => value)).toEqual(cell?.throughput.perBoot);
    expect(rows({ cpus: 2 }, "relative=none&metric=response")[0]?.value).toBeCloseTo(
      (cell?.response?.estimate.mean ?? 0) * 1000,
    );
  });

  test("are divided by the CPUs that a level can use, where throughput is asked for per CPU", () => {
    expect(rows({ cpus: 4 }, "relative=none&per=cpu")[0]?.value).toBeCloseTo(
      (cell?.throughput.estimate.mean ?? 0) / 4,
    );
  });

  test("as ratios are those of the comparisons, with their verdicts", () => {
    for (const row of rows({ cpus: 1 }, "")) {
      const found = analysis.comparisons.find(
        (one) =>
          one.workload === workload &&
          one.metric === "throughput" &&
          one.level === row.level &&
          one.to === row.to,
      );
      expect(row.value).toBe(found?.estimate.ratio);
      expect(row.verdict).toBe(found?.verdict);
    }
    expect(rows({ cpus: 1 }, "").every(({ to }) => to === 0)).toBe(true);
  });
});

test("an address escapes whatever the names in it hold", () => {
  expect(address(["runs", "a/b?c#d%"], { q: "x&y=z", none: undefined })).toBe(
    "/runs/a%2Fb%3Fc%23d%25?q=x%26y%3Dz",
  );
});

test("names that are its own are told from names that only look like them", () => {
  expect(
    ["localhost", "127.0.0.1:80", "[::1]:8090", "lab.example"].every((host) =>
      isOwnName(host, ["lab.example"]),
    ),
  ).toBe(true);
  for (const host of [
    undefined,
    "",
    "127.0.0.1.example",
    "xlocalhost",
    "lab.example.evil",
    "a@127.0.0.1",
    "localhost/",
  ]) {
    expect(isOwnName(host, ["lab.example"]), String(host)).toBe(false);
  }
});

test("a cache lets the least recently used go first, and holds nothing that is too large", () => {
  const cache = createCache<string>(10);
  cache.set("a", "A", 5);
  cache.set("b", "B", 5);
  expect(cache.get("a")).toBe("A");
  cache.set("c", "C", 5);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["A", undefined, "C"]);
  cache.set("large", "L", 11);
  expect([cache.get("large"), cache.get("a")]).toEqual([undefined, "A"]);
});
