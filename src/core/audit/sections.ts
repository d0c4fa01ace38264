import { type Block, figures, type Section, table, words } from "../document.ts";
import { significant } from "../units.ts";
import { type Audit, columnText, type Finding } from "./audit.ts";
import type { ClaimCheck, ReadingCheck } from "./claims.ts";
import type { ClosedLoopCheck } from "./closed-loop.ts";
import { intervalText } from "./interval.ts";
import { RUNS_TRIED, TESTS } from "./p-values.ts";
import { placeOf } from "./readings.ts";
import type { RunsInference } from "./runs.ts";

/** The audit in reading order: what does not hold first, then all that was recomputed. */
export function auditSections(audit: Audit): readonly Section[] {
  const sections: Section[] = [
    { id: "audit-findings", title: "What does not hold", blocks: findingBlocks(audit) },
    {
      id: "audit-readings",
      title: "Claims that hold in one reading of their words",
      blocks: readingBlocks(audit),
    },
    { id: "audit-look-alikes", title: "Rows that are nearly alike", blocks: lookAlikeBlocks(audit) },
    { id: "audit-runs", title: "Number of runs", blocks: runsBlocks(audit) },
    { id: "audit-closed-loop", title: "Closed loop", blocks: closedLoopBlocks(audit) },
    { id: "audit-per-cpu", title: "Throughput per CPU", blocks: perCpuBlocks(audit) },
  ];
  return sections.filter(({ blocks }) => blocks.length > 0);
}

/** `210 derived figures … were recomputed …; 7 derived figures and 3 claims do not hold.` */
export function auditSummary(audit: Audit): string {
  const { derived, repeats, pValues, closedLoop, claims, findings } = audit;
  const loops = closedLoop.filter(({ threads }) => threads !== undefined).length;
  const looked = [
    counted(derived.checks.length, "derived figure"),
    counted(repeats.length, "repeated row"),
    counted(pValues.length, "p-value"),
    counted(loops, "closed loop"),
    counted(claims.length, "claim"),
  ];
  const count = (...kinds: readonly Finding["kind"][]) =>
    findings.filter(({ kind }) => kinds.includes(kind)).length;
  const found = [
    counted(count("change", "standard-error-percent"), "derived figure"),
    counted(count("repeated-row"), "repeated cell"),
    counted(count("p-value"), "p-value"),
    counted(count("closed-loop"), "closed loop"),
    counted(count("claim"), "claim"),
  ];
  const unchecked =
    derived.unchecked === 0
      ? ""
      : ` ${counted(derived.unchecked, "derived figure")[0]} lacked an input and were left out.`;
  const verdict = findings.length === 0 ? "all hold" : `${listed(found.flat())} do not hold`;
  return `${listed(looked.flat())} were checked against the printed digits: ${verdict}.${unchecked}`;
}

/** Nothing for none of them. */
function counted(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2
    ? (parts[0] ?? "nothing")
    : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function findingBlocks({ file, findings }: Audit): readonly Block[] {
  const inTables = findings.filter(({ unitsApart }) => unitsApart !== undefined);
  const others = findings.filter(({ unitsApart }) => unitsApart === undefined);
  const lines = file === undefined ? [] : [figures("line")];
  const columns = [
    words("figure"),
    ...lines,
    figures("printed"),
    figures("recomputed from the print"),
    figures("units off"),
    words("would hold if"),
  ];
  const rows = inTables.map(({ at, line, printed, recomputed, unitsApart, remarks }) => [
    at,
    ...lines.map(() => String(line)),
    printed,
    recomputed,
    significant(unitsApart ?? 0, 2),
    remarks.join(" or "),
  ]);
  const footnote =
    "units off: from the printed figure to the nearest recomputed one, in units of its last digit; rounding explains 0.5";
  const figureTable = table("audit-figures", "Figures that do not hold", columns, rows, [footnote]);
  return [
    ...(rows.length === 0 ? [] : [{ kind: "table" as const, table: figureTable }]),
    ...(others.length === 0
      ? []
      : [{ kind: "items" as const, items: others.map((one) => findingText(one, file)) }]),
  ];
}

function findingText({ kind, at, line, printed, recomputed, remarks }: Finding, file?: string): string {
  const where = file === undefined || line === undefined ? at : `line ${line}, ${at}`;
  if (kind === "claim") return [`${where}: “${printed}”`, ...indented(recomputed)].join("\n");
  const because = remarks.length === 0 ? "" : `; ${remarks.join("; ")}`;
  return `${where}: printed ${printed}, recomputed ${recomputed}${because}`;
}

function readingBlocks({ claims }: Audit): readonly Block[] {
  const items = claims
    .filter(({ status }) => status === "holds if" || status === "undecided")
    .map(readingText);
  return items.length === 0 ? [] : [{ kind: "items", items }];
}

function readingText({ claim, status, readings }: ClaimCheck): string {
  const taken = readings.find(({ holds }) => holds);
  const verdict =
    status === "undecided" || taken === undefined
      ? "cannot be decided without the number of runs"
      : `holds if ${taken.reading.assuming ?? "read so"} (${score(taken)}); in plain words ${score(readings[0])} hold`;
  const against = readings[0]?.comparisons.filter(({ holds }) => !holds) ?? [];
  return [
    `${claim.where}: “${claim.quote}” ${verdict}`,
    ...against.flatMap(({ what }) => indented(what)),
  ].join("\n");
}

function score(check: ReadingCheck | undefined): string {
  const comparisons = check?.comparisons ?? [];
  return `${comparisons.filter(({ holds }) => holds).length} of ${comparisons.length} comparisons`;
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => `  ${line}`);
}

function lookAlikeBlocks({ lookAlikes }: Audit): readonly Block[] {
  if (lookAlikes.length === 0) return [];
  const items = lookAlikes.flatMap(({ first, again, unlike }) =>
    unlike.map(
      (cell) =>
        `${placeOf(first.row)} and ${placeOf(again.row)} are alike but for ${columnText(cell.measure, cell.column)}: ${cell.first.text} and ${cell.again.text}`,
    ),
  );
  return [
    { kind: "paragraph", text: "If these are one measurement printed twice, a cell of each is wrong:" },
    { kind: "items", items },
  ];
}

function runsBlocks({ runs, pValues }: Audit): readonly Block[] {
  const columns = [
    words("p-value"),
    words("of"),
    figures("printed"),
    ...TESTS.map((test) => words(`n by ${test}`)),
  ];
  const rows = pValues.map(({ published, printed, fits }) => [
    published.where,
    `${published.a.measure} of ${published.a.platform} L${published.a.level} and L${published.b.level}, table ${published.a.table}`,
    printed.text,
    ...TESTS.map((test) => numbers(fits.filter((fit) => fit.test === test).map((fit) => fit.runs))),
  ]);
  return [
    { kind: "paragraph", text: runsText(runs) },
    ...(rows.length === 0
      ? []
      : [
          {
            kind: "table" as const,
            table: table("audit-p-values", "Numbers of runs n that give the printed p-values", columns, rows),
          },
        ]),
  ];
}

function runsText({ ways, reproduced, pValues, granularity, agreed }: RunsInference): string {
  const tried = `Of the numbers of runs from ${RUNS_TRIED.at(0)} to ${RUNS_TRIED.at(-1)}`;
  const byTest = TESTS.flatMap((test) => {
    const runs = ways.filter((way) => way.test === test).map((way) => way.runs);
    return runs.length === 0 ? [] : [`${test} with n = ${numbers(runs)}`];
  });
  const byPValues =
    pValues === 0
      ? "There is no p-value to infer it from."
      : `${tried}, ${byTest.join(" and ") || "none"} gives ${reproduced} of ${pValues} printed p-values together.`;
  const ruledOut = granularity.runs.length < RUNS_TRIED.length;
  const byDigits = ruledOut
    ? `If each run's mean response time has two decimals in ms, the digits of ${granularity.informative} of ${granularity.cells} response cells allow n = ${numbers(granularity.runs)}.`
    : "The digits of the response times rule no number of runs out.";
  return `${byPValues} ${byDigits} ${verdictText(agreed, pValues > 0 && ruledOut)}`;
}

function verdictText(agreed: readonly number[], twoWays: boolean): string {
  if (agreed.length === 1) {
    return `Each mean is of ${agreed[0]} runs: ${twoWays ? "two independent ways agree on it alone" : "nothing else is left"}.`;
  }
  if (agreed.length > 1) return `What is left: ${numbers(agreed)}.`;
  return twoWays
    ? "The two contradict each other, so the number of runs stays unknown."
    : "The number of runs stays unknown.";
}

/** `4 to 30`, `6, 12`, `none`. */
function numbers(values: readonly number[]): string {
  const [first, last] = [values.at(0), values.at(-1)];
  if (first === undefined || last === undefined) return "none";
  const whole = values.length > 2 && last - first === values.length - 1;
  return whole ? `${first} to ${last}` : values.join(", ");
}

function closedLoopBlocks({ closedLoop }: Audit): readonly Block[] {
  const rows = closedLoop.map((check) => [
    placeOf(check.row.row),
    intervalText(check.busy),
    check.threads === undefined ? "--" : String(check.threads),
    check.variation === undefined ? "--" : significant(check.variation, 2),
    statusText(check),
  ]);
  if (rows.length === 0) return [];
  const columns = [
    words("row"),
    figures("busy threads"),
    figures("of"),
    figures("variation explains"),
    words(""),
  ];
  return [
    {
      kind: "table",
      table: table("audit-closed-loop", "Busy threads: throughput × mean response time", columns, rows, [
        "variation explains: how far the product of two means over the runs may lie from the mean of the products",
      ]),
    },
  ];
}

function statusText({ status, busy, threads, leastRuns }: ClosedLoopCheck): string {
  const runs = leastRuns === undefined ? "" : `, takes ${leastRuns} runs or more`;
  switch (status) {
    case "partly idle":
      return `partly idle: ${significant(100 - (50 * (busy.low + busy.high)) / (threads ?? 1), 2)}%`;
    case "busy":
    case "more than threads":
      return `${status}${runs}`;
    case "impossible":
      return `IMPOSSIBLE${runs}`;
    case "not stated":
      return "threads not stated";
  }
}

function perCpuBlocks({ perCpu }: Audit): readonly Block[] {
  if (perCpu.length === 0) return [];
  const rows = perCpu.map(({ row, cpus, throughput, change }) => [
    placeOf(row.row),
    String(cpus),
    row.throughput.mean.text,
    row.throughput.change?.text ?? "--",
    intervalText(throughput),
    change === undefined ? "--" : `${intervalText(change, "signed")}%`,
  ]);
  const columns = [
    words("row"),
    figures("CPUs"),
    figures("printed", "throughput"),
    figures("ΔL(n-1)", "throughput"),
    figures("per CPU", "throughput per CPU"),
    figures("ΔL(n-1) per CPU", "throughput per CPU"),
  ];
  return [
    {
      kind: "table",
      table: table("audit-per-cpu", "Throughput per CPU where levels differ in CPUs", columns, rows),
    },
  ];
}
