import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Command } from "../../../src/core/base/command.ts";
import { imageAdditions } from "../../../src/core/study/image-additions.ts";
import { type Reading, workloadAt } from "../../../src/core/study/workload.ts";
import { parseWrk } from "../../../src/workloads/nginx.ts";
import { parseRedisBenchmark } from "../../../src/workloads/redis.ts";
import { startServer, stopServer } from "../../../src/workloads/server.ts";
import { parseCyclictest } from "../../../src/workloads/wake-up.ts";
import { commandsOf, resolve, workload } from "../made-up/study.ts";

const captured = (name: string) => readFileSync(`test/fixtures/tools/${name}.txt`, "utf8");

const folder = mkdtempSync(join(tmpdir(), "dvirt-applications-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function readingOf(parse: (stdout: string) => { readonly ok: boolean }, stdout: string): Reading {
  const read: unknown = parse(stdout);
  if (typeof read === "object" && read !== null && "value" in read) return read.value as Reading;
  throw new Error(JSON.stringify(read));
}

describe("what the tools print", () => {
  test("redis-benchmark: requests of both kinds over the time of both, and their mean time", () => {
    const { metrics, more, resolution } = readingOf(parseRedisBenchmark, captured("redis-benchmark"));
    const seconds = 2000 / 10_928.96 + 18_000 / 19_522.78;
    expect(metrics.throughput).toBeCloseTo(20_000 / seconds, 6);
    expect(metrics.response).toBeCloseTo((2000 * 3.708e-3 + 18_000 * 1.844e-3) / 20_000, 12);
    expect(more).toEqual({ requests: 20_000, elapsedSeconds: seconds });
    expect(resolution?.throughput).toBeCloseTo(((20_000 / seconds) * 1e-3 * Math.SQRT2) / seconds, 6);
  });

  test("wrk: requests a second and their mean latency, whatever its unit", () => {
    const text = captured("wrk");
    const { metrics, more } = readingOf(parseWrk, text);
    expect(metrics.throughput).toBe(27_132.71);
    expect(metrics.response).toBeCloseTo(602.47e-6, 12);
    expect(more["requests"]).toBe(57_419);
    expect(readingOf(parseWrk, text.replace("602.47us", "1.25ms")).metrics.response).toBeCloseTo(1.25e-3, 12);
    expect(readingOf(parseWrk, text.replace("602.47us", "1.02s")).metrics.response).toBeCloseTo(1.02, 12);
  });

  test("wrk: answers that are errors are no measurement", () => {
    for (const line of [
      "  Socket errors: connect 0, read 3, write 0, timeout 0",
      "  Non-2xx or 3xx responses: 12",
    ]) {
      const read = parseWrk(captured("wrk").replace("Requests/sec", `${line}\nRequests/sec`));
      expect(read).toMatchObject({ ok: false, problems: [{ what: `wrk reports ${line.trim()}` }] });
    }
  });

  test("cyclictest: how late each wake-up was, and what so many of them come to", () => {
    const text = captured("cyclictest");
    const { metrics, more } = readingOf(parseCyclictest, text);
    const [, least, mean, most] =
      /Min: *(\d+) Act: *\d+ Avg: *(\d+) Max: *(\d+)/.exec(text)?.map(Number) ?? [];
    expect(more["wakeUps"]).toBe(200);
    expect((metrics.response ?? 0) * 1e9 - (mean ?? 0)).toBeGreaterThanOrEqual(0); // the tool cuts decimals off
    expect((metrics.response ?? 0) * 1e9 - (mean ?? 0)).toBeLessThan(1);
    expect((more["mostSeconds"] ?? 0) * 1e9).toBeCloseTo(most ?? 0, 3);
    expect((more["p50Seconds"] ?? 0) * 1e9).toBeGreaterThan(least ?? 0);
    expect(more["p99Seconds"]).toBeLessThanOrEqual(more["p999Seconds"] ?? 0);
    // A number that fills its column has no space before it.
    const late = text.replace(/^( +0: +0:) +\d+$/m, "$112345678");
    expect(readingOf(parseCyclictest, late).more["mostSeconds"]).toBeCloseTo(0.012345678, 12);
    expect(parseCyclictest("WARN: Unable to change scheduling policy!\nno permission")).toMatchObject({
      problems: [{ what: "cyclictest says: WARN: Unable to change scheduling policy!" }],
    });
  });

  test.each([
    ["redis-benchmark", parseRedisBenchmark],
    ["wrk", parseWrk],
    ["cyclictest", parseCyclictest],
  ] as const)("%s: nothing, an error or the first lines alone are refused", (name, parse) => {
    for (const bad of ["", "sh: 1: not found\n", captured(name).slice(0, 120)]) {
      expect(parse(bad).ok, bad).toBe(false);
    }
  });
});

describe("the applications", () => {
  test.each([
    ["redis", { requests: 5000 }],
    ["nginx", { seconds: 4 }],
    ["wake-up", { wakeUps: 100 }],
    ["build", { executions: 3 }],
  ])("%s reads back what the simulated machine was told", (name, params) => {
    const one = workload(name, params);
    const stdout = workloadAt(one, 0).render({ throughputPerSecond: 500, threads: 1 });
    expect(readingOf(one.kind.parse, stdout).metrics.throughput).toBeCloseTo(500, 3);
  });

  test("bring their programs into the image", () => {
    const all = ["redis", "nginx", "wake-up", "build"].map((name) => workload(name, {}));
    expect(imageAdditions({ workloads: all })?.packages).toEqual([
      "redis-server",
      "redis-tools",
      "nginx-light",
      "wrk",
      "rt-tests",
      "gcc",
      "make",
      "libc6-dev",
    ]);
  });

  test("are refused with parameters that mean nothing", () => {
    const refused = (name: string, params: Readonly<Record<string, unknown>>) => {
      const resolved = resolve(name, params);
      return resolved.ok ? [] : resolved.issues.map(({ path }) => path.join("."));
    };
    expect(refused("redis", { clients: 0 })).toEqual(["clients"]);
    expect(refused("redis", { requests: 1 })).toEqual(["requests"]);
    expect(refused("nginx", { seconds: 0 })).toEqual(["seconds"]);
    expect(refused("wake-up", { intervalMicroseconds: 1 })).toEqual(["intervalMicroseconds"]);
    expect(refused("build", { files: 0 })).toEqual(["files"]);
  });

  test("build compiles what it makes, each execution afresh", () => {
    const here = ({ argv }: Command) => {
      const [program = "", ...args] = argv.map((word) => word.replaceAll("/run/dvirt", folder));
      return spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
    };
    const { prepare, measured, cleanup } = commandsOf(workload("build", { files: 2, executions: 2 }));
    for (const command of prepare) expect(here(command)).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(join(folder, "build")).sort()).toEqual(
      ["Makefile", "main.c", "main.o", "part_0.c", "part_0.o", "part_1.c", "part_1.o", "program"].sort(),
    );
    expect(spawnSync(join(folder, "build", "program"), { encoding: "utf8" }).stdout).toMatch(/^-?\d+$/);
    const { stdout } = here(measured);
    expect(readingOf(workload("build", {}).kind.parse, stdout).more["executions"]).toBe(2);
    for (const command of cleanup) expect(here(command).status).toBe(0);
    expect(existsSync(join(folder, "build"))).toBe(false);
  });
});

describe("a server in the measured machine", () => {
  const run = ({ argv }: Command) => {
    const [program = "", ...args] = argv.map((word) => word.replaceAll("/run/dvirt", folder));
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
    return { status, stderr };
  };
  const server = (command: string) =>
    startServer({
      name: "made-up",
      before: `echo "$1" >${folder}/before`,
      command,
      answers: `[ -e ${folder}/up ]`,
      words: ["word"],
      fill: `echo full >${folder}/fill`,
    });
  const text = (name: string) => readFileSync(join(folder, name), "utf8");

  test("is waited for, filled, refused a second time, and ended with all that it kept", () => {
    const start = server(`sh -c 'sleep 0.2; touch ${folder}/up; exec sleep 300'`);
    expect(run(start)).toEqual({ status: 0, stderr: "" });
    expect([text("before"), text("fill")]).toEqual(["word\n", "full\n"]);
    const pid = Number(text("made-up.pid"));
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    expect(run(start)).toEqual({ status: 1, stderr: "a server is running already\n" });
    expect(run(stopServer("made-up", `rm ${folder}/up`))).toMatchObject({ status: 0 });
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(join(folder, "up"))).toBe(false);
  });

  test("that does not start says its last words, and can be started again", () => {
    const start = server("sh -c 'echo no port >&2; exit 1'");
    for (const _ of [1, 2])
      expect(run(start)).toEqual({ status: 1, stderr: "made-up did not start:\nno port\n" });
  });
});
