// What the analysis of many observations costs; the last part of `npm run bench`, or alone: node scripts/bench-analysis.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { openSqliteStore } from "../dist/adapters/store/sqlite.js";
import { reportOf } from "../dist/lab/analyse.js";
import { markdown } from "../dist/outputs/markdown.js";
import { PROVENANCE } from "./fill-store.mjs";

const HERE = fileURLToPath(import.meta.url);
const WORKLOADS = ["cpu", "threads", "memory-write", "memory-read", "oltp"];
const RUN = "bench";

const got = (result) => {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
};

/** Prints time and memory of a run's analysis and Markdown report for stores of several sizes. */
export function benchAnalysis() {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-bench-"));
  try {
    for (const observations of [1e4, 1e5, 1e6]) {
      const path = join(folder, `${observations}.sqlite`);
      // A process of its own for each, so that memory is that of this report alone.
      execFileSync(process.execPath, ["--no-warnings", HERE, "fill", path, String(observations)]);
      const said = execFileSync(process.execPath, ["--no-warnings", HERE, "report", path], {
        encoding: "utf8",
      });
      const { seconds, peakBytes, trials } = JSON.parse(said);
      const each = (seconds / trials) * 1e6;
      console.log(
        `analysis and Markdown of ${trials} observations: ${seconds.toFixed(2)} s, ${each.toFixed(2)} µs each, ${Math.round(peakBytes / 2 ** 20)} MiB at most`,
      );
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run of so many made-up observations, rounded up to whole boots of 100 trials per level and side. */
async function fill(path, observations) {
  const perBoot = WORKLOADS.length * 3 * 2 * 100;
  const boots = Math.ceil(observations / perBoot);
  const store = got(await openSqliteStore(path));
  const study = {
    name: "bench",
    title: "Many observations",
    platform: "simulated",
    hardware: "auto",
    levels: 2,
    repetitions: { kind: "fixed", boots, runs: 100 },
    resources: {
      policy: "reserved",
      guest: { cpus: 1, memoryBytes: 2 ** 30 },
      reserve: { cpus: 1, memoryBytes: 2 ** 30 },
    },
    scratch: { sizeBytes: 2 ** 27, cache: "none" },
    margin: 0.02,
    settings: {},
    factors: {},
    doubts: { repeat: 0, headline: "keep" },
    workloads: WORKLOADS.map((name) => ({ name, kind: name, params: {} })),
  };
  const createdAt = "2026-01-01T00:00:00.000Z";
  await store.addRun({
    id: RUN,
    createdAt,
    study,
    seed: 1,
    hardware: "simulated",
    timing: "wall",
    provenance: PROVENANCE,
  });
  await store.close();
  const database = new Database(path);
  database.exec("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");
  // Throughput with a boot's luck and a trial's noise; one trial in a hundred is doubted; the texts are as long as a short trial's really are.
  database.exec(`
    CREATE TEMP TABLE plan AS
    WITH RECURSIVE
      boot (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM boot WHERE n < ${boots}),
      repeat (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM repeat WHERE n < 100)
    SELECT boot.n AS boot, direction.value AS direction, level.value AS level, workload.value AS workload,
      printf('b%d-%s-L%d-%s-%d', boot.n, direction.value, level.value, workload.value, repeat.n) AS trial,
      repeat.n AS repeat,
      1000.0 / (1 + level.value) * (1 + (boot.n * 7919 % 101 - 50) / 5000.0 + abs(random() % 1000) / 20000.0) AS rate
    FROM boot, json_each('["up","down"]') AS direction, json_each('[0,1,2]') AS level,
      json_each('${JSON.stringify(WORKLOADS)}') AS workload, repeat;
    BEGIN;
    INSERT INTO observations (run, trial, attempt, lost, boot, direction, level, workload, nth, bring_up, started_at,
        seconds, observation, stdout, stderr)
      SELECT '${RUN}', trial, 1, 0, boot, direction, level, workload, repeat, boot, '${createdAt}', '1',
        json_object('trial', json_object('id', trial, 'boot', boot, 'direction', direction, 'level', level,
          'workload', workload, 'run', repeat), 'attempt', 1, 'bringUp', boot, 'startedAt', '${createdAt}',
          'argv', json('["sysbench"]'), 'completed', json('{"end":{"kind":"exited","code":0},"seconds":1}'),
          'setupSteps', json('[]'), 'evidence', json('[]')),
        CAST(printf('%.*c', 800, 'x') AS BLOB), x'' FROM plan;
    INSERT INTO outcomes (run, trial, attempt, outcome, boot, direction, level, workload, metrics, doubts,
        unknown_guards)
      SELECT '${RUN}', trial, 1,
        json_object('kind', 'measured', 'reading', json_object('metrics',
          json_object('throughput', rate, 'response', 1 / rate), 'more', json('{}')), 'nestedEntries', json('[]'), 'kvm', json('[]'),
          'doubts', json(iif(doubted, '[{"guard":"steal","sentence":"L1 was not let run"}]', '[]')),
          'unknown', json('["cpu-frequency"]')),
        boot, direction, level, workload, json_object('throughput', rate, 'response', 1 / rate), doubted, 'cpu-frequency'
      FROM (SELECT *, boot % 10 = 3 AND repeat % 10 = 3 AS doubted FROM plan);
    INSERT INTO nested_entries (run, trial, attempt, host, workload, level, entries)
      SELECT '${RUN}', trial, 1, 0, workload, level, 3000 + abs(random() % 500) FROM plan WHERE level = 2;
    COMMIT;`);
  database.close();
}

async function report(path) {
  const store = got(await openSqliteStore(path));
  const [run] = await store.runs();
  const begun = process.hrtime.bigint();
  const made = await reportOf(run, store);
  const files = got(await markdown.render(made));
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  if (!files[0].content.includes("oltp")) throw new Error("the report lacks a workload");
  const trials = made.analysis.cells.reduce((sum, cell) => sum + cell.trials, 0);
  await store.close();
  console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024, trials }));
}

if (process.argv[1] === HERE) {
  const [, , what, path, count] = process.argv;
  if (what === "fill") await fill(path, Number(count));
  else if (what === "report") await report(path);
  else benchAnalysis();
}
