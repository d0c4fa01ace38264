import { describe, expect, test } from "vitest";
import type { Analysis, Cell, Comparison, Quantity } from "../../../../../src/core/analysis/analysis.ts";
import { cellText, type Table } from "../../../../../src/core/document/document.ts";
import { percent, pText, ratioText } from "../../../../../src/core/document/figure-text.ts";
import { type AnswerContext, answersOf } from "../../../../../src/core/report/parts/answers.ts";
import { workloadAtLevel } from "../../../../../src/core/report/parts/columns.ts";
import {
  columnChoice,
  comparisonTable,
  methodsTable,
} from "../../../../../src/core/report/parts/comparison-tables.ts";
import { LABELS, labelOf } from "../../../../../src/core/report/parts/report.ts";
import { ratioFigure, resultFigure } from "../../../../../src/core/report/parts/report-figures.ts";
import {
  keyTable,
  perCpuTable,
  resultTable,
  spreadTable,
} from "../../../../../src/core/report/parts/result-tables.ts";
import type { RatioEstimate } from "../../../../../src/core/stats/ratio.ts";
import { analyse } from "../../../made-up/analysed.ts";
import { madeUpReport } from "../../../made-up/report.ts";
import { cellsOf } from "../../../made-up/table.ts";
import { madeUpTrial } from "../../../made-up/trial.ts";

function quantity(mean: number, different: Partial<Quantity> = {}): Quantity {
  return {
    estimate: { n: 2, mean, standardError: mean / 80 },
    perBoot: [mean, mean],
    boots: [1, 2],
    geometric: [mean, mean],
    rounding: [],
    changeFromPreviousLevel: undefined,
    ratioToL0: undefined,
    marks: [[], []],
    components: undefined,
    ...different,
  };
}

function cell(level: number, different: Partial<Cell> = {}): Cell {
  return {
    workload: "cpu",
    platform: "x86_64-kvm",
    resources: "reserved",
    level,
    throughput: quantity(100),
    response: quantity(0.01),
    trials: 4,
    doubted: 0,
    ...different,
  };
}

const estimate: RatioEstimate = {
  ratio: 0.8712,
  low: 0.8534,
  high: 0.8894,
  confidence: 0.95,
  standardError: 0.008,
  df: 5,
  boots: 6,
  p: 0.00001,
  method: "blocked-log-ratio",
  warnings: [],
};

const withoutInterval: RatioEstimate = {
  ...estimate,
  low: 0,
  high: Number.POSITIVE_INFINITY,
  standardError: undefined,
  df: 0,
  p: undefined,
  warnings: ["one boot: no interval can be given for the ratio"],
};

function comparison(level: number, to: number, different: Partial<Comparison> = {}): Comparison {
  return {
    workload: "cpu",
    platform: "x86_64-kvm",
    resources: "reserved",
    metric: "throughput",
    level,
    to,
    estimate,
    fieller: { kind: "bounded", low: 0.853, high: 0.8891 },
    tests: {
      kind: "within boots",
      paired: { ...estimate, low: 0.84, high: 0.9, p: 0.0001234 },
      signFlip: { kind: "exact", p: 0.03125, arrangements: 64, smallestP: 0.03125 },
    },
    bhP: 0.0000123,
    holmP: 0.00002,
    hedges: { g: -4.56, low: -7, high: -2, warnings: [] },
    equivalence: { p: 0.98765, equivalent: false, low: 1 / 1.02, high: 1.02 },
    verdict: { kind: "slower", reason: "by at least 11%" },
    ...different,
  };
}

const frame = (label?: string) => ({ id: "f", title: "cpu", label, of: workloadAtLevel });

const results = (cells: readonly Cell[]) =>
  resultTable({ id: "table-5", title: "cpu", cells, of: workloadAtLevel });

const titles = (table: Table) => table.columns.map((column) => column.title);

/** A row as text, by column; of two columns with one title the first. */
function row(table: Table, index: number): Readonly<Record<string, string>> {
  const cells = table.rows[index]?.cells.map(cellText) ?? [];
  return Object.fromEntries(
    titles(table)
      .map((title, at): [string, string] => [title, cells[at] ?? ""])
      .reverse(),
  );
}

/** Cells of several boots with both directions, of the throughput that each boot has at each level. */
function analysisOf(boots: readonly (readonly number[])[]): Analysis {
  const measured = boots.flatMap((throughputs, index) =>
    throughputs.flatMap((throughput, level) =>
      (["up", "down"] as const).map((direction) => ({
        trial: madeUpTrial({ boot: index + 1, level, direction }),
        reading: { metrics: { throughput, response: 1 / throughput } },
      })),
    ),
  );
  const levels = Math.max(...boots.map((throughputs) => throughputs.length)) - 1;
  const design = { platform: "x86_64-kvm", resources: "reserved", workloads: ["cpu"], levels, margin: 0.02 };
  return analyse(measured, [], design);
}

describe("a table of results", () => {
  test("has the published columns, and response times in milliseconds", () => {
    const table = results([
      cell(0, { throughput: quantity(5263.84), response: quantity(0.000188174) }),
      cell(1, {
        throughput: quantity(4211.07, { changeFromPreviousLevel: -0.2 }),
        response: quantity(0.00023522, { changeFromPreviousLevel: 0.25 }),
      }),
    ]);
    expect(table).toMatchObject({ id: "table-5", title: "cpu", footnotes: [] });
    expect(table.columns.map(({ title, group, align }) => [group ?? "", title, align])).toEqual([
      ["", "Platform", "start"],
      ["", "D_virt", "start"],
      ["Transactional throughput", "TPSec", "end"],
      ["Transactional throughput", "ΔL(n-1)", "end"],
      ["Transactional throughput", "StdErr", "end"],
      ["Transactional throughput", "StdErr %", "end"],
      ["Mean response time", "Time (ms)", "end"],
      ["Mean response time", "ΔL(n-1)", "end"],
      ["Mean response time", "StdErr", "end"],
      ["Mean response time", "StdErr %", "end"],
      ["", "boots", "end"],
    ]);
    expect(cellsOf(table)).toEqual([
      ["x86_64-kvm", "L0", "5263.8", "--", "65.8", "1.25%", "0.18817", "--", "0.00235", "1.25%", "2"],
      ["x86_64-kvm", "L1", "4211.1", "-20.0%", "52.6", "1.25%", "0.23522", "+25.0%", "0.00294", "1.25%", "2"],
    ]);
  });

  test("shows -- for the standard error of one boot", () => {
    const one = quantity(100, { estimate: { n: 1, mean: 100, standardError: undefined } });
    const table = results([cell(0, { throughput: one, response: one })]);
    expect(cellsOf(table)).toEqual([
      ["x86_64-kvm", "L0", "100.00", "--", "--", "--", "100000", "--", "--", "--", "1"],
    ]);
  });

  test("marks a figure that holds a boot far from the others, names the boot and the rule, and keeps it", () => {
    const boots = [2, 3, 5, 7];
    const far = quantity(100, { boots, marks: [[], ["tukey", "mad"], [], ["mad"]] });
    const near = quantity(0.01, { boots, marks: [[], [], [], []] });
    const [first] = results([cell(0, { throughput: far, response: near })]).rows;
    expect(first?.cells[2]).toEqual({
      text: "100.00",
      doubt: "far from the others, and kept in the figure: boot 3 (tukey, mad); boot 7 (mad)",
    });
    expect(first?.cells.filter((one) => typeof one !== "string")).toHaveLength(1);
  });
});

describe("a figure of results", () => {
  const cells = [
    cell(0),
    cell(1, { throughput: quantity(80), response: quantity(0.0125, { perBoot: [0.0124, 0.0126] }) }),
  ];

  test("has a panel for each metric, with its unit, which way is better, and every boot's own value", () => {
    const figure = resultFigure(frame(), cells, ["throughput", "response"]);
    expect(figure.panels.map(({ unit, better }) => [unit, better])).toEqual([
      ["transactions/s", "higher"],
      ["ms", "lower"],
    ]);
    expect(figure.panels[1]?.bars[1]).toEqual({
      platform: "x86_64-kvm",
      level: "L1",
      value: 12.5,
      standardError: 0.15625,
      points: [12.4, 12.6],
      of: { workload: "cpu", level: 1 },
    });
    expect(figure).not.toHaveProperty("label");
  });

  test("says its figures in words too, and carries its label", () => {
    const figure = resultFigure(frame("A LABEL"), cells, ["response"]);
    expect(figure.alt).toBe("Mean response time in ms: x86_64-kvm L0 10.00, x86_64-kvm L1 12.50.");
    expect(figure.label).toBe("A LABEL");
  });
});

describe("a figure of ratios", () => {
  const unknown = { kind: "inconclusive", reason: "one boot" } as const;

  test("has a row for each comparison, without the ends of an interval that there is not", () => {
    const comparisons = [comparison(1, 0), comparison(2, 1, { estimate: withoutInterval, verdict: unknown })];
    const figure = ratioFigure(frame("A LABEL"), comparisons, 0.02);
    expect(figure.rows).toMatchObject([
      { group: "cpu", name: "L1 to L0", ratio: 0.8712, low: 0.8534, high: 0.8894, verdict: "slower" },
      {
        group: "cpu",
        name: "L2 to L1",
        ratio: 0.8712,
        low: undefined,
        high: undefined,
        verdict: "inconclusive",
      },
    ]);
    expect(figure).toMatchObject({ margin: 0.02, label: "A LABEL" });
    expect(figure.alt).toContain("L1 to L0: 0.871 [0.853, 0.889], slower");
    expect(figure.alt).toContain("L2 to L1: 0.871 (no interval), inconclusive");
  });

  test("is grouped by platform and policy where there are several platforms", () => {
    const figure = ratioFigure(frame(), [comparison(1, 0), comparison(1, 0, { platform: "S390x" })], 0.02);
    expect(figure.rows.map(({ group }) => group)).toEqual(["x86_64-kvm, reserved", "S390x, reserved"]);
    expect(figure).not.toHaveProperty("label");
  });
});

describe("a percentage", () => {
  test.each([
    [0.1234, "signed", "+12.3%"],
    [-0.05, "signed", "-5.00%"],
    [0, "signed", "0%"],
    [0.1234, "plain", "12.3%"],
    [15.5, "signed", "+1550%"],
    [undefined, "signed", "--"],
  ] as const)("of %d, %s, is %s", (value, form, text) => {
    expect(percent(value, form)).toBe(text);
  });

  test("of a division by zero is --, like everything else that is not known", () => {
    expect(percent(Number.POSITIVE_INFINITY, "signed")).toBe("--");
    expect(percent(Number.NaN, "plain")).toBe("--");
  });
});

test.each([
  [undefined, "--"],
  [0.04999, "0.050"],
  [0.0001, "0.00010"],
  [0.0000999, "<0.0001"],
  [0, "<0.0001"],
  [1, "1.0"],
])("a p of %d reads %s", (p, text) => {
  expect(pText(p)).toBe(text);
});

test("a ratio reads with its interval, or says that it has none", () => {
  expect(ratioText(estimate)).toBe("0.871 [0.853, 0.889]");
  expect(ratioText(withoutInterval)).toBe("0.871 (no interval)");
  const narrow = { ...estimate, ratio: 0.961478, low: 0.961433, high: 0.961523 };
  expect(ratioText(narrow), "both ends are told apart").toBe("0.96148 [0.96143, 0.96152]");
  expect(ratioText({ ...narrow, high: 0.961433 }), "unless there is nothing between them").toBe(
    "0.961 [0.961, 0.961]",
  );
});

describe("an answer", () => {
  const label = undefined;
  const of = workloadAtLevel;
  const context = { cpusAt: () => undefined, platforms: "one", margin: 0.02, label, of } as const;
  const sentences = (comparisons: readonly Comparison[]) =>
    answersOf("cpu", comparisons, context).map(({ sentence }) => sentence);

  test("says of each level what it costs of L0's throughput, then what each further layer costs, and how sure that is", () => {
    const comparisons = [
      comparison(2, 1, {
        estimate: { ...estimate, ratio: 0.995, low: 0.9903, high: 0.9987 },
        verdict: { kind: "equivalent", reason: "inside the margin" },
      }),
      comparison(1, 0),
      comparison(2, 0, { estimate: { ...estimate, ratio: 0.46, low: 0.44, high: 0.48 } }),
      comparison(1, 0, { metric: "response", estimate: { ...estimate, ratio: 99 } }),
      comparison(1, 0, { workload: "oltp", estimate: { ...estimate, ratio: 77 } }),
    ];
    expect(sentences(comparisons)).toEqual([
      "cpu: L1 costs 12.9% of L0's throughput (ratio 0.871 [0.853, 0.889]): slower, by at least 11%; " +
        "L2 costs 54.0% of L0's throughput (ratio 0.460 [0.440, 0.480]): slower, by at least 11%; " +
        "L2 costs 0.500% of L1's throughput (ratio 0.995 [0.990, 0.999]): equivalent, inside the margin",
    ]);
  });

  test("says so where a level gives more, and where there is no interval", () => {
    const faster = comparison(1, 0, { estimate: { ...estimate, ratio: 1.25 } });
    expect(sentences([faster])[0]).toMatch(/^cpu: L1 gains 25\.0% /);
    expect(sentences([comparison(1, 0, { estimate: withoutInterval })])).toEqual([
      "cpu: L1 costs 12.9% of L0's throughput (no interval)",
    ]);
  });

  test("is one for each platform and policy, which it names where there are several; the figure stands with the first", () => {
    const comparisons = [
      comparison(1, 0),
      comparison(2, 1),
      comparison(1, 0, { platform: "S390x" }),
      comparison(1, 0, { resources: "over-committed" }),
    ];
    const answers = answersOf("cpu", comparisons, context);
    const named = { id: "cpu-ratios", title: "What each layer leaves of cpu", label, of };
    const figure = ratioFigure(named, comparisons, 0.02);
    expect(answers.map(({ sentence }) => sentence.replace(/:.*/, ""))).toEqual([
      "cpu on x86_64-kvm, reserved",
      "cpu on S390x, reserved",
      "cpu on x86_64-kvm, over-committed",
    ]);
    expect(answers.map((one) => one.figure)).toEqual([figure, undefined, undefined]);
    expect(answers[0]?.sentence.match(/costs/g)).toHaveLength(2);
  });

  test("names the levels' CPUs where they differ, and only there", () => {
    const comparisons = [comparison(1, 0), comparison(2, 0), comparison(1, 0, { platform: "S390x" })];
    const beginnings = (cpusAt: AnswerContext["cpusAt"]) =>
      answersOf("cpu", comparisons, { ...context, cpusAt }).map(({ sentence }) =>
        sentence.replace(/:.*/, ""),
      );
    expect(beginnings(({ platform }, level) => (platform === "S390x" ? 4 : 4 - level))).toEqual([
      "cpu on x86_64-kvm, reserved with 4, 3, 2 CPUs",
      "cpu on S390x, reserved",
    ]);
  });

  test("says that there is nothing to compare where there is not", () => {
    const nothing = { workload: "cpu", sentence: "cpu: there is nothing to compare", figure: undefined };
    expect(answersOf("cpu", [], context)).toEqual([nothing]);
    expect(answersOf("cpu", [comparison(1, 0, { workload: "oltp" })], context)).toEqual([nothing]);
    expect(answersOf("cpu", [comparison(1, 0, { metric: "response" })], context)).toEqual([nothing]);
  });
});

describe("a table of comparisons", () => {
  const choice = {
    platform: "same",
    resources: "same",
    condition: "same",
    of: workloadAtLevel,
  } as const;

  test("has the ratio, its interval, the adjusted p, the verdict and its reason", () => {
    const table = comparisonTable(
      "throughput",
      [comparison(1, 0), comparison(1, 0, { metric: "response" })],
      choice,
    );
    expect(table.id).toBe("comparisons-throughput");
    expect(table.rows).toHaveLength(1);
    expect(row(table, 0)).toEqual({
      workload: "cpu",
      levels: "L1 to L0",
      ratio: "0.8712",
      "95% interval": "0.8534 to 0.8894",
      "p (adjusted)": "<0.0001",
      verdict: "slower",
      because: "by at least 11%",
    });
  });

  test("says in a footnote over how many comparisons p is adjusted, and every warning once", () => {
    const lone = comparison(2, 0, { estimate: withoutInterval, bhP: undefined, holmP: undefined });
    const { footnotes } = comparisonTable("throughput", [comparison(1, 0), lone, lone], choice);
    expect(footnotes).toEqual([
      "p is adjusted over the 1 comparisons of this table (Benjamini and Hochberg): of what is called slower or faster, at most 5% is wrong on average. It is not the probability that two things are equal.",
      "one boot: no interval can be given for the ratio",
    ]);
  });

  test("without a comparison has neither rows nor footnotes", () => {
    expect(comparisonTable("response", [comparison(1, 0)], choice)).toMatchObject({
      rows: [],
      footnotes: [],
    });
  });

  test("names platform and resources where they differ", () => {
    const table = comparisonTable("throughput", [comparison(1, 0)], {
      platform: "shown",
      resources: "shown",
      condition: "same",
      of: workloadAtLevel,
    });
    expect(titles(table).slice(0, 4)).toEqual(["workload", "platform", "resources", "levels"]);
    expect(row(table, 0)).toMatchObject({
      platform: "x86_64-kvm",
      resources: "reserved",
      levels: "L1 to L0",
    });
    const cells = [cell(0), cell(0, { resources: "over-committed" })];
    expect(columnChoice(cells, workloadAtLevel)).toMatchObject({
      platform: "same",
      resources: "shown",
      condition: "same",
    });
    expect(columnChoice([cell(0), cell(1, { platform: "S390x" })], workloadAtLevel)).toMatchObject({
      platform: "shown",
      resources: "same",
      condition: "same",
    });
  });
});

describe("a table of other methods", () => {
  const choice = {
    platform: "same",
    resources: "same",
    condition: "same",
    of: workloadAtLevel,
  } as const;
  const of = (different: Partial<Comparison>) =>
    methodsTable("throughput", [comparison(1, 0, different)], choice);

  test("has each method's answer to the same question", () => {
    expect(row(of({}), 0)).toEqual({
      workload: "cpu",
      levels: "L1 to L0",
      "own spread alone": "0.8400 to 0.9000",
      "p (paired t)": "0.00012",
      "p (sign flip)": "0.031",
      Fieller: "0.8530 to 0.8891",
      "Hedges' g": "-4.56",
      "p (equivalence)": "0.99",
    });
    expect(of({}).footnotes).toEqual([]);
  });

  test("has Welch's test where no boot has both levels, and never beside a ratio within boots", () => {
    const welch = { t: -12.345, df: 9.87, p: 0.0000001, warnings: [] };
    const apart = row(of({ tests: { kind: "unrelated", welch } }), 0);
    expect(apart).toMatchObject({ "t (Welch)": "-12.3", df: "9.87", "p (Welch)": "<0.0001" });
    expect(Object.keys(apart).filter((title) => /paired|flip|spread/.test(title))).toEqual([]);
    expect(Object.keys(row(of({}), 0)).filter((title) => title.includes("Welch"))).toEqual([]);
  });

  test("says what the sign flip test cannot show with so few boots", () => {
    const signFlip = { kind: "exact", p: 0.5, arrangements: 4, smallestP: 0.5 } as const;
    const table = of({ tests: { kind: "within boots", paired: { ...estimate, boots: 2 }, signFlip } });
    expect(table.footnotes).toEqual([
      "with 2 boot(s) the sign flip test can give no p below 0.50, however large the difference",
    ]);
  });

  test("says of Fieller's set what it is where it is no interval", () => {
    const fieller = (set: Comparison["fieller"]) => row(of({ fieller: set }), 0)["Fieller"];
    expect(fieller({ kind: "unbounded" })).toBe("unbounded");
    expect(fieller({ kind: "exclusive", below: -3, above: 0.5 })).toBe("outside -3.000 to 0.5000");
    const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect(fieller({ kind: "exclusive", below: least, above: 0.5 })).toBe("from 0.5000");
    expect(fieller({ kind: "exclusive", below: -3, above: most })).toBe("up to -3.000");
  });

  test("shows -- for what could not be made, and why an exact test was not made", () => {
    const table = of({
      hedges: undefined,
      equivalence: { p: undefined, equivalent: false, low: 0.98, high: 1.02 },
      tests: {
        kind: "within boots",
        paired: withoutInterval,
        signFlip: { kind: "not-made", reason: "there are too many arrangements" },
      },
    });
    const empty = Object.values(row(table, 0)).filter((text) => text === "--");
    expect(empty).toHaveLength(5);
    expect(table.footnotes).toEqual(["no sign flip test: there are too many arrangements"]);
  });
});

describe("a table of throughput per CPU", () => {
  const perCpu = (own: readonly Cell[], cpusOf: (one: Cell) => number | undefined) =>
    perCpuTable(own, cpusOf, workloadAtLevel);
  const cells = [
    cell(0, { throughput: quantity(400) }),
    cell(1, { throughput: quantity(240, { changeFromPreviousLevel: -0.4 }) }),
    cell(2, { throughput: quantity(100, { changeFromPreviousLevel: -0.58333 }) }),
  ];

  test("divides by the CPUs of each level and compares with the level below", () => {
    const table = perCpu(cells, ({ level }) => [4, 3, 2][level]);
    expect(cellsOf(table)).toEqual([
      ["cpu", "x86_64-kvm", "L0", "4", "400.00", "--", "100.00", "--"],
      ["cpu", "x86_64-kvm", "L1", "3", "240.00", "-40.0%", "80.000", "-20.0%"],
      ["cpu", "x86_64-kvm", "L2", "2", "100.00", "-58.3%", "50.000", "-37.5%"],
    ]);
    expect(table?.footnotes.join()).toContain("mixes lost CPUs with lost speed");
  });

  test("is left out where all levels have as many, or where it is not known how many", () => {
    expect(perCpu(cells, () => 2)).toBeUndefined();
    expect(perCpu(cells, () => undefined)).toBeUndefined();
    expect(perCpu(cells, ({ level }) => (level === 0 ? 4 : undefined))).toBeUndefined();
  });

  test("never compares across workloads, platforms or policies", () => {
    const other = [{ platform: "S390x" }, { resources: "over-committed" }, { workload: "oltp" }].flatMap(
      (one) => [cell(0, one), cell(2, one)],
    );
    const table = perCpu([cell(1), ...other], ({ level }) => 3 - level);
    expect(table?.rows).toHaveLength(6);
    expect(table?.rows.map(({ cells: own }) => own.at(-1))).toEqual(Array(6).fill("--"));
    // Each has one number of CPUs here, though they differ from each other.
    expect(perCpu([cell(1), ...other], ({ platform }) => platform.length)).toBeUndefined();
  });
});

describe("a table of the spread", () => {
  test("has standard deviations in percent of the mean, between boots and within", () => {
    const components = {
      boots: 6,
      runs: 24,
      runsPerBoot: 4,
      betweenVariance: 4,
      withinVariance: 1,
      intraclassCorrelation: 0.8,
      warnings: [],
    };
    const table = spreadTable([cell(1, { throughput: quantity(100, { components }) })]);
    expect(cellsOf(table)).toEqual([["cpu", "L1", "6", "24", "2.00%", "1.00%", "0.80"]]);
    expect(table?.footnotes).toHaveLength(1);
  });

  test("carries each warning once", () => {
    const analysis = analysisOf([
      [100, 80],
      [100, 80],
    ]);
    const warned = analysis.cells.map((one) => ({
      ...one,
      throughput: {
        ...one.throughput,
        components: {
          boots: 2,
          runs: 4,
          runsPerBoot: 2,
          betweenVariance: 0,
          withinVariance: 1,
          intraclassCorrelation: 0,
          warnings: ["a warning"],
        },
      },
    }));
    expect(spreadTable(warned)?.footnotes.slice(1)).toEqual(["a warning"]);
  });

  test("leaves out what has no components, and is left out where nothing has", () => {
    const [first] = analysisOf([[100], [101]]).cells;
    expect(spreadTable([cell(1), ...(first === undefined ? [] : [first])])?.rows).toHaveLength(1);
    expect(spreadTable([cell(0), cell(1)])).toBeUndefined();
  });
});

test("the key explains every symbol of a table of results", () => {
  const symbols = keyTable().rows.map(({ cells: [symbol] }) => symbol);
  const columns = titles(results([cell(0)])).map((title) => title.replace(/ [(%].*$/, ""));
  for (const column of columns.filter((title) => title !== "Platform" && title !== "boots")) {
    expect(symbols).toContain(column);
  }
});

test("figures of real hardware have no label; all others say what they are, in capitals first", () => {
  expect(LABELS.real).toBeUndefined();
  expect(LABELS.emulated).toMatch(/^EMULATED HARDWARE: /);
  expect(LABELS.simulated).toMatch(/^SIMULATED: /);
  expect(madeUpReport().label).toBe(LABELS.emulated);
  for (const timing of ["counted", "functional"] as const) {
    expect(labelOf({ hardware: "emulated", timing })).toMatch(/^EMULATED HARDWARE, [A-Z ]+: /);
  }
  expect(labelOf({ hardware: "real", timing: "wall" })).toBeUndefined();
});
