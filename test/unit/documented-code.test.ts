import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const HOME = fileURLToPath(new URL("../../", import.meta.url));

interface Example {
  /** The file of the project that the example is in, or would be in. */
  readonly file: string;
  readonly code: string;
}

/** Blocks of TypeScript in a guide. Each names its file behind the language: "```ts src/workloads/cpu.ts". */
function examplesIn(guide: string): readonly Example[] {
  const text = readFileSync(`${HOME}docs/${guide}`, "utf8");
  return [...text.matchAll(/^```ts(.*)\n([\s\S]*?)^```$/gm)].map(([, file = "", code = ""]) => ({
    file: file.trim(),
    code,
  }));
}

const squeezed = (code: string) => code.replaceAll(/\s+/g, " ").trim();

/** What the compiler says of files that do not exist, as if they stood in the project. */
function compilerSays(examples: readonly Example[]): readonly string[] {
  const added = new Map(examples.map(({ file, code }) => [`${HOME}${file}`, code]));
  const { config } = ts.readConfigFile(`${HOME}test/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, `${HOME}test`);
  const host = ts.createCompilerHost(options);
  const [fileExists, readFile] = [host.fileExists, host.readFile];
  host.fileExists = (name) => added.has(name) || fileExists(name);
  host.readFile = (name) => added.get(name) ?? readFile(name);
  const program = ts.createProgram([...added.keys()], options, host);
  return [...added.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start = 0 }) =>
        `${name.slice(HOME.length)}:${(source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

const isThere = ({ file }: Example) => existsSync(`${HOME}${file}`);
const guides = ["adding-a-platform.md", "adding-a-workload.md"].map((guide) => ({
  guide,
  examples: examplesIn(guide),
}));

test.each(guides)("docs/$guide shows files as they are", ({ examples }) => {
  expect(examples.length).toBeGreaterThan(0);
  for (const { file, code } of examples.filter(isThere)) {
    const whole = squeezed(readFileSync(`${HOME}${file}`, "utf8"));
    // `…` stands for what the guide leaves out.
    for (const part of code.split("…")) expect(whole).toContain(squeezed(part));
  }
});

test("what the guides would add compiles in the project, and a wrong type would not", () => {
  const wrong = { file: "src/workloads/wrong.ts", code: "export const events: number = 'many';\n" };
  const added = guides.flatMap(({ examples }) => examples).filter((one) => !isThere(one));
  expect(added.length).toBeGreaterThan(0);
  expect(compilerSays([...added, wrong])).toEqual([
    expect.stringContaining("src/workloads/wrong.ts:1: Type 'string' is not assignable"),
  ]);
}, 120_000);
