import { significant } from "../../base/units.ts";
import {
  type Content,
  figures,
  items,
  paragraph,
  present,
  type Section,
  section,
  type Table,
  table,
  words,
} from "../../document/document.ts";
import { type Audit, columnText, type Discrepancy } from "./audit.ts";
import type { ClaimCheck, ReadingCheck } from "./claims.ts";
import type { ClosedLoopCheck } from "./closed-loop.ts";
import type { Granularity } from "./granularity.ts";
import { intervalText } from "./interval.ts";
import { type PValueCheck, RUNS_TRIED, TESTS } from "./p-values.ts";
import { placeOf } from "./parsed-tables.ts";
import type { RunsInference } from "./runs.ts";

/** The audit in reading order: what does not hold first, then all that was recomputed. */
export function auditSections(audit: Audit): readonly Section[] {
  return present([
    section("discrepancies", "What does not hold", discrepancyBlocks(audit)),
    section("audit-zeros", "What does not hold unless zeros at the end are padding", zeroBlocks(audit)),
    section("audit-readings", "Claims that hold in one reading of their words", readingBlocks(audit)),
    section("audit-look-alikes", "Rows that are nearly alike", lookAlikeBlocks(audit)),
    section("audit-runs", "Number of runs", runsBlocks(audit)),
    section("audit-closed-loop", "Closed loop", closedLoopBlocks(audit)),
    section("audit-per-cpu", "Throughput per CPU", perCpuBlocks(audit)),
  ]);
}

/** `210 derived figures … were recomputed …; 7 derived figures and 3 claims do not hold.` */
export function auditSummary(audit: Audit): string {
  const { derived, repeats, pValues, closedLoop, claims, discrepancies } = audit;
  const loops = closedLoop.filter(({ threads }) => threads !== undefined).length;
  const looked = [
    counted(derived.checks.length, "derived figure"),
    counted(repeats.length, "repeated row"),
    counted(pValues.length, "p-value"),
    counted(loops, "closed loop"),
    counted(claims.length, "claim"),
  ];
  const count = (...kinds: readonly Discrepancy["kind"][]) =>
    discrepancies.filter(({ kind }) => kinds.includes(kind)).length;
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
  const verdict =
    discrepancies.length === 0
      ? "all hold"
      : `${listed(found.flat())} ${discrepancies.length === 1 ? "does" : "do"} not hold`;
  const more = audit.ifZerosKept.length;
  const zeros =
    more === 0
      ? ""
      : ` ${counted(more, "figure")[0]}${discrepancies.length > 0 ? " more" : ""} ${more === 1 ? "does" : "do"} not hold unless zeros at the end are padding.`;
  return `${listed(looked.flat())} were checked against the printed digits: ${verdict}.${zeros}${unchecked}`;
}

/** `3 claims`; nothing for none. */
function counted(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`];
}

function listed(parts: readonly string[]): string {
  return parts.length < 2
    ? (parts[0] ?? "nothing")
    : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function discrepancyBlocks({ file, discrepancies }: Audit): readonly Content[] {
  const inTables = discrepancies.filter(({ unitsApart }) => unitsApart !== undefined);
  const others = discrepancies.filter(({ unitsApart }) => unitsApart === undefined);
  return [
    inTables.length === 0
      ? undefined
      : figureTable(inTables, file, { id: "audit-figures", title: "Figures that do not hold" }),
    others.length === 0 ? undefined : items(others.map((one) => discrepancyText(one, file))),
  ];
}

function zeroBlocks({ file, ifZerosKept }: Audit): readonly Content[] {
  if (ifZerosKept.length === 0) return [];
  const title = "Figures that do not hold if zeros at the end were kept";
  return [
    paragraph(
      "All numbers of these columns have the same number of decimals, so a zero at the end is probably a digit and not padding. If it is a digit, these figures do not hold.",
    ),
    figureTable(ifZerosKept, file, { id: "audit-zero-figures", title }),
  ];
}

function figureTable(
  found: readonly Discrepancy[],
  file: string | undefined,
  named: Pick<Table, "id" | "title">,
): Table {
  return table(found, {
    ...named,
    columns: [
      words("figure", ({ at }) => at),
      file === undefined ? undefined : figures("line", ({ line }) => String(line)),
      figures("printed", ({ printed }) => printed),
      figures("recomputed from the print", ({ recomputed }) => recomputed),
      figures("units off", ({ unitsApart }) => significant(unitsApart ?? 0, 2)),
      words("would hold if", ({ remarks }) => remarks.join(" or ")),
    ],
    footnotes: [
      "units off: from the printed figure to the nearest recomputed one, in units of its last digit; rounding explains 0.5",
    ],
  });
}

function discrepancyText(
  { kind, at, line, printed, recomputed, remarks }: Discrepancy,
  file?: string,
): string {
  const where = file === undefined || line === undefined ? at : `line ${line}, ${at}`;
  if (kind === "claim") return [`${where}: “${printed}”`, ...indented(recomputed)].join("\n");
  const because = remarks.length === 0 ? "" : `; ${remarks.join("; ")}`;
  return `${where}: printed ${printed}, recomputed ${recomputed}${because}`;
}

function readingBlocks({ claims }: Audit): readonly Content[] {
  const found = claims.filter(({ status }) => status === "holds if" || status === "undecided");
  return found.length === 0 ? [] : [items(found.map(readingText))];
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

function lookAlikeBlocks({ lookAlikes }: Audit): readonly Content[] {
  if (lookAlikes.length === 0) return [];
  const pairs = lookAlikes.flatMap(({ first, again, unlike }) =>
    unlike.map(
      (cell) =>
        `${placeOf(first.row)} and ${placeOf(again.row)} are alike but for ${columnText(cell.measure, cell.column)}: ${cell.first.text} and ${cell.again.text}`,
    ),
  );
  return [paragraph("If these are one measurement printed twice, a cell of each is wrong:"), items(pairs)];
}

function runsBlocks({ runs, pValues }: Audit): readonly Content[] {
  const fitting = table(pValues, {
    id: "audit-p-values",
    title: "Numbers of runs n that give the printed p-values",
    columns: [
      words("p-value", ({ published }) => published.where),
      words(
        "of",
        ({ published: { a, b } }) =>
          `${a.measure} of ${a.platform} L${a.level} and L${b.level}, table ${a.table}`,
      ),
      figures("printed", ({ printed }) => printed.text),
      ...TESTS.map((test) =>
        words<PValueCheck>(`n by ${test}`, ({ fits }) =>
          numbers(fits.filter((fit) => fit.test === test).map((fit) => fit.runs)),
        ),
      ),
    ],
  });
  return [paragraph(runsText(runs)), pValues.length === 0 ? undefined : fitting];
}

function runsText(inference: RunsInference): string {
  const { ways, reproduced, pValues, granularity } = inference;
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
  return `${byPValues} ${digitsText(granularity, ruledOut)} ${verdictText(inference, pValues > 0 && ruledOut)}`;
}

function digitsText({ cells, informative, runs }: Granularity, ruledOut: boolean): string {
  if (cells === 0) {
    return "In what steps the tool prints a run's mean response time is not stated (column response_step_ms), so the digits say nothing.";
  }
  return ruledOut
    ? `As each run's mean response time is printed in known steps, the digits of ${informative} of ${cells} response cells allow n = ${numbers(runs)}.`
    : "The digits of the response times rule no number of runs out.";
}

function verdictText({ agreed, more }: RunsInference, twoWays: boolean): string {
  const tried = RUNS_TRIED.at(-1);
  if (agreed.length === 1 && more === "ruled out") {
    return `Each mean is of ${agreed[0]} runs: ${twoWays ? "two independent ways agree on it alone" : "nothing else is left"}.`;
  }
  if (agreed.length > 0) {
    const beyond = more === "possible" ? `, and any number above ${tried}` : "";
    return `What is left: ${numbers(agreed)}${beyond}. The number of runs stays unknown.`;
  }
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

function closedLoopBlocks({ closedLoop }: Audit): readonly Content[] {
  if (closedLoop.length === 0) return [];
  const loops = table(closedLoop, {
    id: "audit-closed-loop",
    title: "Busy threads: throughput × mean response time",
    columns: [
      words("row", ({ row }) => placeOf(row.row)),
      figures("busy threads", ({ busy }) => intervalText(busy)),
      figures("of", ({ threads }) => threads),
      figures("variation explains", ({ variation }) =>
        variation === undefined ? undefined : significant(variation, 2),
      ),
      words("", statusText),
    ],
    footnotes: [
      "variation explains: how far the product of two means over the runs may lie from the mean of the products",
    ],
  });
  return [loops];
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

function perCpuBlocks({ perCpu }: Audit): readonly Content[] {
  if (perCpu.length === 0) return [];
  const shares = table(perCpu, {
    id: "audit-per-cpu",
    title: "Throughput per CPU where levels differ in CPUs",
    columns: [
      words("row", ({ row }) => placeOf(row.row)),
      figures("CPUs", ({ cpus }) => cpus),
      figures("printed", ({ row }) => row.throughput.mean?.text, { group: "throughput" }),
      figures("ΔL(n-1)", ({ row }) => row.throughput.change?.text, { group: "throughput" }),
      figures("per CPU", ({ throughput }) => intervalText(throughput), { group: "throughput per CPU" }),
      figures("ΔL(n-1) per CPU", ({ change }) => change && `${intervalText(change, "signed")}%`, {
        group: "throughput per CPU",
      }),
    ],
  });
  return [shares];
}
