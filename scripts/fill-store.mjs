// Makes a store of many made-up runs, to see what looking things up in it costs; a part of scripts/bench-serve.mjs.
import Database from "libsql";
import { openSqliteStore } from "../dist/adapters/store/sqlite.js";

const WORKLOADS = ["cpu", "oltp"];
const LEVELS = [0, 1, 2];
const SIZE = { cpus: 1, memoryBytes: 2 ** 30 };

/** Provenance of runs that were never made. */
export const PROVENANCE = {
  program: { dvirt: "0.1.0", node: process.version },
  origin: {
    kind: "imagined",
    truth: { throughputAtL0: 1000, kept: 0.8, betweenBoots: 0.01, withinBoots: 0.005, effects: [] },
  },
  allotments: LEVELS.map(() => ({ size: SIZE, measured: SIZE, workloads: {} })),
};

/** Observations come in whole boots of 12, as many to a run as make up the number asked for, or a few more. */
export async function fillStore(path, runs, observations) {
  const boots = Math.ceil(observations / runs / (WORKLOADS.length * LEVELS.length * 2));
  await (await openSqliteStore(path)).value.close();
  const database = new Database(path);
  database.exec("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; BEGIN");
  const insert = database.prepare(
    "INSERT INTO runs (id, created_at, study, seed, hardware, timing, provenance) VALUES (?, ?, ?, ?, ?, 'wall', ?)",
  );
  for (let run = 0; run < runs; run++) {
    const createdAt = new Date(Date.UTC(2025, 0, 1) + run * 3_600_000).toISOString();
    const id = `${createdAt.slice(0, 19).replaceAll(":", "").replace("T", "-")}-bench-${run}`;
    const policy = ["reserved", "constant-guest"][run % 2];
    insert.run(
      id,
      createdAt,
      JSON.stringify(studyOf(policy, boots)),
      run,
      ["simulated", "emulated", "real"][run % 3],
      JSON.stringify(PROVENANCE),
    );
  }
  database.exec(`
    CREATE TEMP TABLE plan AS
    WITH RECURSIVE boot (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM boot WHERE n < ${boots})
    SELECT runs.id AS run, runs.created_at AS at, boot.n AS boot, direction.value AS direction, level.value AS level,
      workload.value AS workload, printf('b%d-%s-L%d-%s-1', boot.n, direction.value, level.value, workload.value) AS trial,
      1000.0 / (1 + level.value) * (1 + abs(random() % 1000) / 20000.0) AS rate
    FROM runs, boot, json_each('["up","down"]') AS direction, json_each('${JSON.stringify(LEVELS)}') AS level,
      json_each('${JSON.stringify(WORKLOADS)}') AS workload;
    INSERT INTO observations (run, trial, attempt, lost, boot, direction, level, workload, nth, bring_up, started_at,
        seconds, observation, stdout, stderr)
      SELECT run, trial, 1, 0, boot, direction, level, workload, 1, boot, at, '1',
        json_object('trial', json_object('id', trial, 'boot', boot, 'direction', direction, 'level', level,
          'workload', workload, 'run', 1), 'attempt', 1, 'bringUp', boot, 'startedAt', at,
          'argv', json('["sysbench"]'), 'completed', json('{"end":{"kind":"exited","code":0},"seconds":1}'),
          'setupSteps', json('[]'), 'evidence', json('[]')),
        CAST(printf('%.*c', 800, 'x') AS BLOB), x'' FROM plan;
    INSERT INTO outcomes (run, trial, attempt, outcome, boot, direction, level, workload, metrics,
        doubts, unknown_guards)
      SELECT run, trial, 1,
        json_object('kind', 'measured', 'reading', json_object('metrics',
          json_object('throughput', rate, 'response', 1 / rate), 'more', json('{}')), 'nestedEntries', json('[]'), 'kvm', json('[]'), 'doubts', json('[]'),
          'unknown', json('["cpu-frequency"]')),
        boot, direction, level, workload, json_object('throughput', rate, 'response', 1 / rate), 0, 'cpu-frequency' FROM plan;
    INSERT INTO machines (run, boot, bring_up, level, machine)
      SELECT DISTINCT run, boot, boot, level, json_object('boot', boot, 'bringUp', boot, 'level', level, 'driver', 'made-up',
        'argv', json('[]'), 'launchedAt', at, 'readySeconds', 1.5, 'sinceLaunchSeconds', 1.5, 'facts', '',
        'snapshot', json_object('text', '', 'fromSeconds', 1, 'toSeconds', 2)) FROM plan;
    COMMIT;`);
  const [{ n }] = database.prepare("SELECT COUNT(*) AS n FROM observations").all();
  database.close();
  return n;
}

function studyOf(policy, boots) {
  return {
    name: "bench",
    title: "Many runs",
    platform: "simulated",
    hardware: "auto",
    levels: 2,
    repetitions: { kind: "fixed", boots, runs: 1 },
    resources: { policy, guest: SIZE, reserve: SIZE },
    scratch: { sizeBytes: 2 ** 27, cache: "none" },
    margin: 0.02,
    settings: {},
    factors: {},
    doubts: { repeat: 0, headline: "keep" },
    workloads: WORKLOADS.map((name) => ({ name, kind: name, params: { threads: 1 } })),
  };
}
