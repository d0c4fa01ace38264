import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Amount,
  type Expression,
  evaluate,
  parseExpression,
  rounded,
} from "../../../../src/core/study/expression.ts";

const MIB = 2 ** 20;
const MACHINE = { cpus: 4, memoryBytes: 768 * MIB };

function read(text: string): Expression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.what);
  return parsed.value;
}

function amountOf(text: string): Amount | string {
  const found = evaluate(read(text), MACHINE);
  return found.ok ? found.value : (found.problems[0]?.what ?? "");
}

const count = (value: number) => ({ kind: "count", value });
const bytes = (value: number) => ({ kind: "bytes", value });

describe("an expression", () => {
  test.each([
    ["cpus", count(4)],
    ["4 * cpus", count(16)],
    ["cpus*2+1", count(9)],
    ["1 + 2 * cpus", count(9)],
    ["(1 + 2) * cpus", count(12)],
    ["cpus - 1 - 2", count(1)],
    ["8 / cpus / 2", count(1)],
    ["memory", bytes(768 * MIB)],
    ["memory - 256MiB", bytes(512 * MIB)],
    ["memory - 256 MiB", bytes(512 * MIB)],
    ["memory / 4", bytes(192 * MIB)],
    ["0.5 * memory", bytes(384 * MIB)],
    ["memory / cpus", bytes(192 * MIB)],
    ["memory / 256MiB", count(3)],
    ["64MiB * cpus + 1.5 GiB", bytes(1792 * MIB)],
  ])("%s", (text, amount) => {
    expect(amountOf(text)).toEqual(amount);
  });

  test.each([
    ["memory + 1", "a size and a number cannot be joined by +"],
    ["cpus - 1MiB", "a size and a number cannot be joined by -"],
    ["memory * memory", "a size times a size is no size"],
    ["1 / memory", "a number by a size is no size"],
    ["cpus / (cpus - 4)", "it divides by zero"],
  ])("%s has no value", (text, what) => {
    expect(amountOf(text)).toBe(what);
  });

  test.each([
    ["cpu", '"cpu" means nothing here'],
    ["cpus +", "it ends where an amount should stand"],
    ["", "it ends where an amount should stand"],
    ["(cpus", "a parenthesis is not closed"],
    ["cpus)", '")" is too much'],
    ["2 cpus", '"cpus" is too much'],
    ["-cpus", '"-" means nothing here'],
    ["cpus ^ 2", '"^" is too much'],
    ["4MB", '"MB" is too much'],
    ["process.exit(1)", '"process" means nothing here'],
    ["(".repeat(201), "it is longer than 200 characters"],
  ])("%s is none, and what is allowed is said", (text, what) => {
    expect(parseExpression(text)).toEqual({
      ok: false,
      problems: [
        {
          code: "bad-expression",
          what: `${what}; numbers, sizes such as 256MiB, cpus, memory, + - * / and parentheses are allowed`,
        },
      ],
    });
  });

  const written: fc.Arbitrary<string> = fc.letrec<{ whole: string }>((tie) => ({
    whole: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.nat(999).map(String),
      fc.constant("cpus"),
      fc
        .tuple(tie("whole"), fc.constantFrom("+", "-", "*", "/"), tie("whole"))
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    ),
  })).whole;

  test("of numbers is what arithmetic says", () => {
    fc.assert(
      fc.property(
        written.filter((text) => text.length <= 200),
        fc.integer({ min: 1, max: 512 }),
        (text, cpus) => {
          const found = evaluate(read(text), { cpus, memoryBytes: MIB });
          const arithmetic: unknown = new Function("cpus", `return ${text}`)(cpus);
          if (found.ok) expect(found.value).toEqual(count(Number(arithmetic)));
          else expect(Number.isFinite(arithmetic)).toBe(false);
        },
      ),
    );
  });

  test("never throws, whatever stands in a study", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."cpusmemory 0123456789MiB+-*/().") }), (text) => {
        const parsed = parseExpression(text);
        if (parsed.ok) expect(() => evaluate(parsed.value, MACHINE)).not.toThrow();
      }),
    );
  });
});

test("what a workload is told is whole numbers and whole mebibytes, never more than it was", () => {
  expect(rounded({ kind: "count", value: 2.9 })).toEqual(count(2));
  expect(rounded({ kind: "bytes", value: 192.7 * MIB })).toEqual(bytes(192 * MIB));
  // (1 / 3) * 3 of a machine is all of it.
  expect(rounded({ kind: "count", value: (0.1 + 0.2) * 10 })).toEqual(count(3));
  expect(rounded({ kind: "count", value: 4.35 * 100 })).toEqual(count(435));
});
