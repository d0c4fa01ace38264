import { failed, ok, type Result } from "../base/problem.ts";
import { parseBytes } from "../base/units.ts";
import type { Size } from "./resources-policy.ts";

/** A count or a size of a study that follows the machine it is measured on: `4 * cpus`, `memory - 256MiB`. */
export type Expression =
  | Amount
  | { readonly kind: "name"; readonly name: Name }
  | {
      readonly kind: "operation";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** A number without a unit, or a number of bytes. */
export interface Amount {
  readonly kind: "count" | "bytes";
  readonly value: number;
}

type Name = "cpus" | "memory";
type Operator = "+" | "-" | "*" | "/";

const ALLOWED = "numbers, sizes such as 256MiB, cpus, memory, + - * / and parentheses are allowed";

/** Far beyond any use, and short enough that nesting cannot exhaust the stack. */
const LONGEST = 200;

/** `sum := product (± product)*`, `product := atom (×÷ atom)*`, `atom := number | size | name | ( sum )`. */
export function parseExpression(text: string): Result<Expression> {
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  const reader: Reader = { tokens: tokens.value, at: 0 };
  const read = sum(reader);
  if (!read.ok) return read;
  const rest = reader.tokens[reader.at];
  return rest === undefined ? read : wrong(`${JSON.stringify(rest)} is too much`);
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

const TOKEN = /\s*(\d+(?:\.\d+)?(?:\s*(?:B|KiB|MiB|GiB|TiB)\b)?|[A-Za-z_]\w*|[-+*/()]|\S)/y;

function tokensOf(text: string): Result<readonly string[]> {
  if (text.length > LONGEST) return wrong(`it is longer than ${LONGEST} characters`);
  return ok([...text.matchAll(new RegExp(TOKEN, "g"))].map(([, token]) => token ?? ""));
}

function sum(reader: Reader): Result<Expression> {
  return chain(reader, ["+", "-"], product);
}

function product(reader: Reader): Result<Expression> {
  return chain(reader, ["*", "/"], atom);
}

/** Operators of one rank bind to the left. */
function chain(
  reader: Reader,
  operators: readonly Operator[],
  part: (reader: Reader) => Result<Expression>,
): Result<Expression> {
  let left = part(reader);
  while (left.ok) {
    const operator = operators.find((one) => one === reader.tokens[reader.at]);
    if (operator === undefined) return left;
    reader.at += 1;
    const right = part(reader);
    if (!right.ok) return right;
    left = ok({ kind: "operation", operator, left: left.value, right: right.value });
  }
  return left;
}

function atom(reader: Reader): Result<Expression> {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token === undefined) return wrong("it ends where an amount should stand");
  if (token === "cpus" || token === "memory") return ok({ kind: "name", name: token });
  if (token === "(") {
    const inner = sum(reader);
    if (!inner.ok) return inner;
    if (reader.tokens[reader.at] !== ")") return wrong("a parenthesis is not closed");
    reader.at += 1;
    return inner;
  }
  const bytes = parseBytes(token);
  if (bytes !== undefined) return ok({ kind: "bytes", value: bytes });
  if (/^\d+(\.\d+)?$/.test(token)) return ok({ kind: "count", value: Number(token) });
  return wrong(`${JSON.stringify(token)} means nothing here`);
}

/** The amount for a machine; a size may only be added to a size, and be multiplied and divided by a number. */
export function evaluate(expression: Expression, machine: Size): Result<Amount> {
  switch (expression.kind) {
    case "count":
    case "bytes":
      return ok(expression);
    case "name":
      return ok(
        expression.name === "cpus"
          ? { kind: "count", value: machine.cpus }
          : { kind: "bytes", value: machine.memoryBytes },
      );
    case "operation": {
      const left = evaluate(expression.left, machine);
      if (!left.ok) return left;
      const right = evaluate(expression.right, machine);
      return right.ok ? combined(expression.operator, left.value, right.value) : right;
    }
  }
}

function combined(operator: Operator, left: Amount, right: Amount): Result<Amount> {
  switch (operator) {
    case "+":
    case "-":
      if (left.kind !== right.kind) return mixed(`a size and a number cannot be joined by ${operator}`);
      return ok({
        kind: left.kind,
        value: operator === "+" ? left.value + right.value : left.value - right.value,
      });
    case "*":
      if (left.kind === "bytes" && right.kind === "bytes") return mixed("a size times a size is no size");
      return ok({
        kind: left.kind === "bytes" ? "bytes" : right.kind,
        value: left.value * right.value,
      });
    case "/":
      if (right.value === 0) return mixed("it divides by zero");
      if (right.kind === "bytes" && left.kind === "count") return mixed("a number by a size is no size");
      return ok({
        kind: left.kind === right.kind ? "count" : "bytes",
        value: left.value / right.value,
      });
  }
}

function wrong(what: string) {
  return failed({ code: "bad-expression", what: `${what}; ${ALLOWED}` });
}

function mixed(what: string) {
  return failed({ code: "bad-expression", what });
}

/** Whole numbers and whole mebibytes, rounded down: what a workload can be told. */
export function rounded({ kind, value }: Amount): Amount {
  // The quotient of doubles may lie a hair below the whole number that it is.
  const unit = kind === "count" ? 1 : 2 ** 20;
  return { kind, value: Math.floor(value / unit + 1e-9) * unit };
}
