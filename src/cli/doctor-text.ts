import type { Diagnosis } from "../core/doctor/diagnosis.ts";
import { type Finding, type FindingLevel, GROUPS } from "../core/doctor/finding.ts";
import { printable } from "../core/printable.ts";

/** The diagnosis for a terminal: findings group by group, and the conclusion last, where the eye rests. */
export function doctorText({ findings, conclusion }: Diagnosis): string {
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const own = findings.filter((finding) => finding.group === group);
    return own.length === 0 ? [] : [title, ...own.map(findingText), ""];
  });
  return printable([...groups, conclusion, countText(findings), ""].join("\n"));
}

/** What is fine takes one line; the rest says beneath it what was seen and what to try. */
function findingText({ level, what, evidence, remedy }: Finding): string {
  const head = `  ${level.padEnd(WIDTH)}  ${what}`;
  if (level === "fine") return `${head} (${oneLine(evidence)})`;
  const indent = " ".repeat(WIDTH + 4);
  const lines = [head, `${indent}seen: ${oneLine(evidence)}`];
  return [...lines, ...(remedy === undefined ? [] : [`${indent}try: ${remedy}`])].join("\n");
}

const WIDTH = "hindrance".length;

function oneLine(text: string): string {
  return text.split("\n").join("; ");
}

const WORST_FIRST: readonly FindingLevel[] = ["fatal", "hindrance", "notice", "fine"];

function countText(findings: readonly Finding[]): string {
  return WORST_FIRST.map((level) => [level, findings.filter((one) => one.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${count} ${level}`)
    .join(", ");
}

/** The diagnosis for programs, in a format that has a name. */
export function doctorJson({ hardware, conclusion, findings }: Diagnosis, version: string): string {
  return `${JSON.stringify({ format: "dvirt-doctor/1", dvirt: version, hardware, conclusion, findings }, undefined, 2)}\n`;
}
