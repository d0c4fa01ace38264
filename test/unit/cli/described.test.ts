import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { asCalled } from "../../../src/cli/called.ts";
import { commands } from "../../../src/cli/commands.ts";
import type { Context } from "../../../src/cli/context.ts";
import { exitCodes } from "../../../src/cli/define.ts";
import { loaded } from "../../../src/cli/described.ts";

const CONTEXT: Context = {
  environment: {},
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  signal: new AbortController().signal,
  home: "",
  version: "0",
  asCalled: (text) => text,
  behindDashes: [],
  unwritten: async () => undefined,
};

/** What commander would refuse in an example: options that there are not, too few operands or too many. */
function refusals(command: Command, words: readonly string[]): readonly string[] {
  const { operands, unknown } = command.parseOptions([...words]);
  const { registeredArguments: known } = command;
  const least = known.filter(({ required }) => required).length;
  const most = known.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : known.length;
  return [...unknown, ...(operands.length < least || operands.length > most ? operands : [])];
}

describe("every command's help", () => {
  test.each(commands.map((entry) => [entry.name, entry] as const))(
    "has examples that the command line takes: %s",
    async (name, entry) => {
      expect(entry.examples.length).toBeGreaterThan(0);
      for (const [line] of entry.examples) {
        const command = (await loaded(entry, CONTEXT)).exitOverride();
        const [program, called, ...words] = line.replace(/ (>|\| |-- ).*$/, "").split(" ");
        expect([program, called], line).toEqual(["dvirt", name]);
        expect(refusals(command, words), line).toEqual([]);
      }
    },
  );

  test.each(commands.map((entry) => [entry.name, entry] as const))(
    "says what its operands, options and exit codes are, within 80 columns: %s",
    async (_, entry) => {
      const command = await loaded(entry, CONTEXT);
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 }).outputHelp();
      for (const { form } of entry.operands)
        expect(help).toMatch(
          new RegExp(`^ +${form.slice(1, -1).replaceAll(".", "\\.").replace("\\.\\.\\.", "")} +\\S`, "m"),
        );
      for (const { long, description } of command.options) {
        expect(help).toContain(long);
        expect(description).not.toBe("");
      }
      for (const [code, meaning] of exitCodes(entry)) expect(help).toContain(`  ${code.padEnd(5)}${meaning}`);
      const lines = help.slice(help.indexOf("Examples:")).split("\n");
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test("has exit codes in order, and those of every command", () => {
    for (const entry of commands) {
      const codes = exitCodes(entry).map(([code]) => Number(code));
      expect(codes).toEqual(codes.toSorted((a, b) => a - b));
      expect(codes).toEqual(expect.arrayContaining([0, 2, 70]));
    }
  });
});

test("commands that a text names are written as dvirt was called, and nothing else of it is changed", () => {
  const text =
    "stopped. Go on with: dvirt resume x; use the dvirt that wrote it, not ./dvirt run or my-dvirt run";
  const names = commands.map(({ name }) => name);
  expect(asCalled("./dvirt", names)(text)).toBe(text.replace("dvirt resume", "./dvirt resume"));
  expect(asCalled("dvirt", names)(text)).toBe(text);
  expect(asCalled("$&/dvirt", names)("dvirt run")).toBe("$&/dvirt run");
});
