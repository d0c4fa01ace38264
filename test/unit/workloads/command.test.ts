import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Command } from "../../../src/core/base/command.ts";
import type { Size } from "../../../src/core/study/resources-policy.ts";
import { type WorkCommands, workloadAt } from "../../../src/core/study/workload.ts";
import { command } from "../../../src/workloads/command.ts";

const SIZE: Size = { cpus: 1, memoryBytes: 2 ** 30 };
const folder = mkdtempSync(join(tmpdir(), "dvirt-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function commandsOf(params: Readonly<Record<string, unknown>>): WorkCommands {
  const resolved = command.resolve({ name: "own", params }, [SIZE]);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.issues));
  return workloadAt(resolved.workload, 0).commands({ dataDisk: "none", scratchDisk: "none" });
}

/** As a machine would, whose /run/dvirt is a folder of this test. */
function run({ argv, ...rest }: Command) {
  const stdin = "stdin" in rest && typeof rest.stdin === "string" ? rest.stdin : "";
  const [program = "", ...args] = argv.map((word) => word.replaceAll("/run/dvirt", folder));
  const { stdout, stderr, status } = spawnSync(program, args, {
    input: stdin,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { stdout, stderr, status };
}

function trial(params: Readonly<Record<string, unknown>>) {
  const { prepare, measured, cleanup } = commandsOf(params);
  const prepared = prepare.map(run);
  const broken = prepared.find(({ status }) => status !== 0);
  const ended = broken ?? run(measured);
  return { prepared, ended, clean: () => cleanup.map(run) };
}

const readingOf = (stdout: string) => {
  const parsed = command.parse(stdout);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
};

describe("a command of one's own", () => {
  it("takes text alone for its arguments, and says how a number becomes text", () => {
    const resolved = command.resolve({ name: "own", params: { run: ["gzip", -9] } }, [SIZE]);
    expect(resolved).toMatchObject({
      issues: [{ path: ["run", 1], message: "an argument is text: put it in quotes" }],
    });
    expect(command.resolve({ name: "own", params: { run: [] } }, [SIZE]).ok).toBe(false);
  });

  it("takes as long as it sleeps, each execution by itself, and what it prints is kept", () => {
    const { ended } = trial({ run: ["sh", "-c", "sleep 0.2; echo done"], executions: 3, warmup: 0 });
    const { metrics, resolution, more } = readingOf(ended.stdout);
    expect(metrics.response).toBeGreaterThan(0.2);
    expect(metrics.response).toBeLessThan(5);
    expect(metrics.throughput).toBeCloseTo(1 / (metrics.response ?? 0), 9);
    expect(more["executions"]).toBe(3);
    expect(more["leastSeconds"]).toBeGreaterThan(0.2);
    expect(resolution?.response).toBeLessThan(1e-6);
    expect(ended.stdout).toMatch(/said:\ndone\n$/);
  });

  it("is warmed up before it is measured, and prepared before each execution, outside its time", () => {
    const count = join(folder, "count");
    const one = { run: ["sh", "-c", `echo run >>${count}`], executions: 2, warmup: 3 };
    expect(trial({ ...one, prepare: `echo prepared >>${count}` }).ended.status).toBe(0);
    expect(readFileSync(count, "utf8")).toBe("prepared\nrun\n".repeat(5));
    const { ended } = trial({ run: ["true"], warmup: 0, prepare: "sleep 2" });
    expect(readingOf(ended.stdout).more["mostSeconds"]).toBeLessThan(2);
  });

  it("finds what the study says on its standard input, in every execution", () => {
    const count = join(folder, "input");
    const { ended, clean } = trial({
      run: ["sh", "-c", `cat >>${count}`],
      executions: 2,
      warmup: 0,
      stdin: "one\n",
    });
    expect(ended.status).toBe(0);
    expect(readFileSync(count, "utf8")).toBe("one\none\n");
    expect(clean().map(({ status }) => status)).toEqual([0]);
    expect(existsSync(join(folder, "command.stdin"))).toBe(false);
  });

  it("is cleaned up after once, where the study says how", () => {
    const left = join(folder, "left");
    const { clean } = trial({ run: ["touch", left], warmup: 0, cleanup: `rm ${left}` });
    expect(existsSync(left)).toBe(true);
    expect(clean().map(({ status }) => status)).toEqual([0, 0]);
    expect(existsSync(left)).toBe(false);
  });

  it("gets its arguments as they are, and no shell reads them", () => {
    const odd = ["%s|", "a b", "$HOME", "'\"\\", "*", "-n", "cpus"];
    const { ended } = trial({ run: ["printf", ...odd], warmup: 0 });
    expect(ended.stdout.slice(ended.stdout.indexOf("said:\n") + 6)).toBe("a b|$HOME|'\"\\|*|-n|cpus|");
  });

  it("that fails ends the trial with its exit code and its last words", () => {
    const { ended } = trial({ run: ["sh", "-c", "echo about to fail; exit 3"], executions: 5, warmup: 0 });
    expect(ended).toMatchObject({ status: 3, stdout: "" });
    expect(ended.stderr).toBe("about to fail\nexecution 1 ended with 3\n");
  });

  it("that is not there, or cannot be prepared, says so already while it is warmed up", () => {
    const missing = trial({ run: ["no-such-program"] });
    expect(missing.ended.status).toBe(127);
    expect(missing.ended.stderr).toContain("no-such-program");
    const unprepared = trial({ run: ["true"], prepare: "echo no disk; exit 4" });
    expect(unprepared.ended.status).toBe(4);
    expect(unprepared.ended.stderr).toContain("prepare ended with 4 before execution 1\nno disk\n");
  });

  it("that prints what a result looks like gives no false result", () => {
    const { ended } = trial({ run: ["echo", "execution 1\nsaid:\nexecution 5"], warmup: 0 });
    expect(readingOf(ended.stdout).more["executions"]).toBe(1);
    expect(readingOf(ended.stdout).metrics.response).toBeGreaterThan(1e-5);
  });

  it("that prints much keeps its end", () => {
    const { ended } = trial({ run: ["sh", "-c", "yes 0123456789 | head -n 100000; echo end"], warmup: 0 });
    expect(ended.stdout.length).toBeLessThan(70_000);
    expect(ended.stdout).toMatch(/0123456789\nend\n$/);
  });
});

describe("its parser", () => {
  it("takes nothing that is cut off or something else", () => {
    for (const text of [
      "",
      "said:\n",
      "execution 12\n",
      "execution x\nsaid:\n",
      "execution 0\nsaid:\n",
      "what\nsaid:\n",
    ]) {
      expect(command.parse(text).ok, JSON.stringify(text)).toBe(false);
    }
  });
});

describe("its parameters", () => {
  const refused = (params: Readonly<Record<string, unknown>>) => {
    const resolved = command.resolve({ name: "own", params }, [SIZE]);
    return resolved.ok ? [] : resolved.issues.map(({ path }) => path.join("."));
  };
  it("are refused by name where they are wrong", () => {
    expect(refused({})).toEqual(["run"]);
    expect(refused({ run: [] })).toEqual(["run"]);
    expect(refused({ run: "gzip" })).toEqual(["run"]);
    expect(refused({ run: ["true"], executions: 0 })).toEqual(["executions"]);
    expect(refused({ run: ["true"], prepare: "" })).toEqual(["prepare"]);
    expect(refused({ run: ["true"], expectedSeconds: -1 })).toEqual(["expectedSeconds"]);
  });
});
