import { describe, expect, test } from "vitest";
import { problemText } from "../../../../src/core/base/problem.ts";
import { audit, fileSubject } from "../../../../src/core/published/audit/audit.ts";
import { readPublishedRows } from "../../../../src/core/published/published-rows.ts";
import { fixture } from "../../fixture.ts";

const HEAD =
  "table,workload,resources,platform,level,throughput_per_s,throughput_change_from_previous_level,throughput_stderr_per_s,throughput_stderr_percent,response_ms,response_change_from_previous_level,response_stderr_ms,response_stderr_percent";
const ROW = "5,cpu,over-committed,S390x,L0,1068.5,,2.40,0.225%,3.7300,,0.00683,0.183%";

/** The row with other text in some columns. */
function rowWith(cells: Readonly<Record<string, string>>): string {
  const names = HEAD.split(",");
  return ROW.split(",")
    .map((cell, i) => cells[names[i] ?? ""] ?? cell)
    .join(",");
}

function problemsOf(text: string): readonly string[] {
  const read = readPublishedRows(text, "t.csv");
  return read.ok ? [] : read.problems.map(problemText);
}

function audited(name: string) {
  const read = readPublishedRows(fixture(`cases/${name}`), name);
  if (!read.ok) throw new Error(read.problems.map(problemText).join("\n"));
  return audit(fileSubject(name, read.value));
}

describe("a file of published tables", () => {
  test("keeps every digit as it is printed", () => {
    const read = readPublishedRows(`${HEAD}\n${ROW}\n`, "t.csv");
    expect(read).toEqual({
      ok: true,
      value: [
        {
          line: 2,
          table: "5",
          workload: "cpu",
          resources: "over-committed",
          platform: "S390x",
          level: 0,
          throughput: { mean: "1068.5", change: "", standardError: "2.40", standardErrorPercent: "0.225%" },
          response: { mean: "3.7300", change: "", standardError: "0.00683", standardErrorPercent: "0.183%" },
        },
      ],
    });
  });

  test("may have its columns in any order, and what it knows of CPUs, threads and runs", () => {
    const names = [...HEAD.split(","), "runs", "cpus", "threads"].reverse();
    const cells = [...ROW.split(","), "6", "4", ""].reverse();
    const read = readPublishedRows(`${names.join(",")}\n${cells.join(",")}\n`, "t.csv");
    expect(read.ok && read.value[0]).toMatchObject({ table: "5", cpus: 4, runs: 6 });
    expect(read.ok && "threads" in (read.value[0] ?? {})).toBe(false);
  });

  test.each([
    ["", "error[bad-csv] t.csv:1: the file is empty"],
    [`${HEAD}\n`, "error[bad-csv] t.csv:1: no row follows the header"],
    [HEAD.replaceAll(",", "|"), "error[bad-csv] t.csv:1: the header lacks table, workload"],
    [
      HEAD.replace("throughput_per_s", "cpus").replace("response_ms", "runs"),
      "error[bad-csv] t.csv:1: the header lacks throughput_per_s or response_ms",
    ],
    [HEAD.replace("level,", "depth,"), "error[bad-csv] t.csv:1: the header lacks level"],
    [`${HEAD},p95`, 'error[bad-csv] t.csv:1: the header has unknown columns: "p95"'],
    [`${HEAD},cpus,cpus`, "error[bad-csv] t.csv:1: the header has columns twice: cpus"],
  ])("with the header of %j is refused", (text, wanted) => {
    const problems = problemsOf(text);
    expect(problems.some((problem) => problem.startsWith(wanted))).toBe(true);
    for (const problem of problems) expect(problem).toContain("\n  try: ");
  });

  test.each([
    [{ level: "1" }, 'column level holds "1": not a level'],
    [{ platform: "" }, "column platform is empty: every row needs one"],
    [{ throughput_per_s: "", response_ms: "" }, "column throughput_per_s is empty: so is response_ms"],
    [{ throughput_per_s: '"1.234,5"' }, 'column throughput_per_s holds "1.234,5": not a printed number'],
    [{ throughput_per_s: "1e3" }, 'column throughput_per_s holds "1e3": not a printed number'],
    [{ throughput_per_s: "0.00" }, 'column throughput_per_s holds "0.00": it must be above zero'],
    [{ response_ms: "-3.73" }, 'column response_ms holds "-3.73": it must be above zero'],
    [{ response_ms: "3.73%" }, 'column response_ms holds "3.73%": a percentage stands here'],
    [{ response_stderr_ms: "-0.1" }, 'column response_stderr_ms holds "-0.1": it cannot be negative'],
    [
      { response_stderr_percent: "0.183" },
      'column response_stderr_percent holds "0.183": a percentage lacks its sign',
    ],
    [{ throughput_change_from_previous_level: "--" }, 'holds "--": not a printed number'],
    [{ throughput_change_from_previous_level: "-2.5" }, 'holds "-2.5": a percentage lacks its sign'],
  ])("with %j is refused, naming line and column and what to do", (cells, wanted) => {
    const [problem, ...others] = problemsOf(`${HEAD}\n${ROW}\n${rowWith({ table: "6", ...cells })}\n`);
    expect(others).toEqual([]);
    expect(problem).toContain("error[bad-value] t.csv:3: ");
    expect(problem).toContain(wanted);
    expect(problem).toContain("\n  try: ");
  });

  test.each([
    ["cpus", "0"],
    ["threads", "four"],
    ["runs", "1"],
  ])("with %s of %s is refused", (name, value) => {
    const [problem] = problemsOf(`${HEAD},${name}\n${ROW},${value}\n`);
    expect(problem).toContain(`column ${name} holds "${value}": not a whole number from`);
  });

  test("with a row twice is refused, naming both lines", () => {
    const [problem] = problemsOf(`${HEAD}\n${ROW}\n${rowWith({ table: "6" })}\n${ROW}\n`);
    expect(problem).toContain(
      "error[bad-value] t.csv:4: table 5 has cpu (over-committed) on S390x at L0 in line 2 already",
    );
  });

  test.each([
    ["C45-audit-hypeman-throughput-only.csv", ["change of throughput"], ["-1.3%"]],
    ["C46-audit-fcvm-response-only.csv", ["change of response", "change of response"], ["+175%", "+237%"]],
  ])("with one measure is audited as far as it goes: %s", (name, figures, printed) => {
    const { derived, discrepancies } = audited(name);
    expect(derived.checks.map(({ column, measure }) => `${column} of ${measure}`)).toEqual(figures);
    expect(derived.checks.map((check) => check.printed.text)).toEqual(printed);
    expect([derived.unchecked, discrepancies]).toEqual([0, []]);
  });

  test("with one measure and a wrong change says so", () => {
    const text = fixture("cases/C46-audit-fcvm-response-only.csv").replace("+237%", "+327%");
    const read = readPublishedRows(text, "t.csv");
    expect(read.ok && audit(fileSubject("t.csv", read.value)).discrepancies).toMatchObject([
      { printed: "+327%", line: 5 },
    ]);
  });

  test("with semicolons and decimal commas is read, and closes its loops", () => {
    const { closedLoop, discrepancies } = audited("C47-audit-german-excel.csv");
    expect(closedLoop.map(({ row }) => row.row.throughput.mean)).toEqual([
      "130.6591",
      "219.3137",
      "307.9569",
      "218.3119",
    ]);
    expect(
      closedLoop.every(({ threads, busy }) => threads === 1 && busy.low > 0.99 && busy.high < 1.01),
    ).toBe(true);
    expect(discrepancies).toEqual([]);
  });

  test("may leave out the columns of one measure", () => {
    const head = "table,workload,resources,platform,level,response_ms";
    const read = readPublishedRows(`${head}\n1,cpu,r,p,L0,3.5\n`, "t.csv");
    expect(read.ok && read.value[0]).toMatchObject({ response: { mean: "3.5" }, throughput: { mean: "" } });
  });

  test.each([
    ["1,5", "1.5"],
    ["1.234,5", undefined],
    ["1,234,5", undefined],
  ])("with semicolons takes %s for %s", (cell, mean) => {
    const head = "table;workload;resources;platform;level;response_ms;response_change_from_previous_level";
    const read = readPublishedRows(`${head}\n1;cpu;r;p;L0;${cell};+2,5 %\n`, "t.csv");
    const found = read.ok ? read.value[0]?.response : undefined;
    expect(found?.mean).toBe(mean);
    if (mean !== undefined) expect(found?.change).toBe("+2.5%");
  });

  test("with decimal commas and points is refused: one of them would separate thousands", () => {
    const head = "table;workload;resources;platform;level;response_ms";
    const problems = problemsOf(`${head}\n1;cpu;r;p;L0;1,5\n2;cpu;r;p;L0;33.300\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/t\.csv:3: column response_ms holds "33\.300".*\n.*thousands/);
  });

  test("with very many problems shows the first and counts the others", () => {
    const bad = Array.from({ length: 1000 }, (_, i) => rowWith({ table: String(i), level: "x" }));
    const problems = problemsOf([HEAD, ...bad].join("\n"));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toContain("980 more problems like these");
  });

  test("cannot make a message move the cursor or turn the writing", () => {
    const hostile = '"\u001b[2Jp\u202eq"';
    const [problem = ""] = problemsOf(`${HEAD}\n${rowWith({ platform: hostile })}\n`);
    expect(problem).toContain("\\u001b[2Jp\\u202eq");
    expect(problem).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    const long = "9".repeat(5000);
    expect(problemsOf(`${HEAD}\n${rowWith({ response_ms: long })}\n`)[0]?.length).toBeLessThan(300);
  });
});
