/** The store's history: each entry takes it one version further. Never change an entry that was released. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    study TEXT NOT NULL,
    seed INTEGER NOT NULL,
    hardware TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE TABLE machines (
    run TEXT NOT NULL REFERENCES runs (id),
    boot INTEGER NOT NULL,
    bring_up INTEGER NOT NULL,
    level INTEGER NOT NULL,
    machine TEXT NOT NULL
  ) STRICT;
  CREATE INDEX machines_of_run ON machines (run);
  CREATE TABLE observations (
    run TEXT NOT NULL REFERENCES runs (id),
    trial TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    boot INTEGER NOT NULL,
    level INTEGER NOT NULL,
    workload TEXT NOT NULL,
    observation TEXT NOT NULL,
    stdout TEXT NOT NULL,
    stderr TEXT NOT NULL,
    UNIQUE (run, trial, attempt)
  ) STRICT;
  CREATE TABLE verdicts (
    run TEXT NOT NULL,
    trial TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (run, trial, attempt),
    FOREIGN KEY (run, trial, attempt) REFERENCES observations (run, trial, attempt)
  ) STRICT;
  CREATE TRIGGER observations_are_not_replaced BEFORE INSERT ON observations
    WHEN EXISTS (SELECT 1 FROM observations
      WHERE rowid = NEW.rowid OR run = NEW.run AND trial = NEW.trial AND attempt = NEW.attempt)
    BEGIN SELECT RAISE (ABORT, 'observations are append-only'); END;
  CREATE TRIGGER observations_stay BEFORE UPDATE ON observations
    BEGIN SELECT RAISE (ABORT, 'observations are append-only'); END;
  CREATE TRIGGER observations_are_kept BEFORE DELETE ON observations
    BEGIN SELECT RAISE (ABORT, 'observations are append-only'); END;
  `,
  // What a report needs of a million trials stands in columns; the texts beside them stay as they were.
  `
  ALTER TABLE verdicts ADD COLUMN boot INTEGER;
  ALTER TABLE verdicts ADD COLUMN direction TEXT;
  ALTER TABLE verdicts ADD COLUMN level INTEGER;
  ALTER TABLE verdicts ADD COLUMN workload TEXT;
  ALTER TABLE verdicts ADD COLUMN throughput_per_s REAL;
  ALTER TABLE verdicts ADD COLUMN response_s REAL;
  CREATE TABLE nested_entries (
    run TEXT NOT NULL,
    trial TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    host INTEGER NOT NULL,
    workload TEXT NOT NULL,
    level INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (run, trial, attempt, host),
    FOREIGN KEY (run, trial, attempt) REFERENCES verdicts (run, trial, attempt)
  ) STRICT;
  CREATE INDEX nested_entries_of_run ON nested_entries (run, workload, level, host, entries);
  CREATE INDEX verdicts_of_run ON verdicts (run);
  CREATE INDEX unread_verdicts ON verdicts (run) WHERE throughput_per_s IS NULL;
  CREATE INDEX observations_of_run ON observations (run);
  CREATE INDEX lost_observations ON observations (run, trial) WHERE lost = 1;
  CREATE INDEX repeated_observations ON observations (run) WHERE attempt > 1;
  UPDATE verdicts SET (boot, direction, level, workload) = (
    SELECT boot, json_extract(observation, '$.trial.direction'), level, workload FROM observations AS o
    WHERE o.run = verdicts.run AND o.trial = verdicts.trial AND o.attempt = verdicts.attempt),
    throughput_per_s = json_extract(verdict, '$.reading.throughputPerSecond'),
    response_s = json_extract(verdict, '$.reading.responseMeanSeconds');
  `,
  // What a report needs beside: the condition that a trial was measured under (none without factors), and what the
  // guards said. A trial that is made again for its doubts may have several attempts that could be read: all but the
  // one that speaks for it are marked as replaced.
  `
  ALTER TABLE verdicts ADD COLUMN condition INTEGER;
  ALTER TABLE verdicts ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE verdicts ADD COLUMN unknown_guards TEXT;
  ALTER TABLE verdicts ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX doubted_verdicts ON verdicts (run, trial) WHERE doubts > 0;
  CREATE INDEX guards_of_run ON verdicts (run, unknown_guards) WHERE throughput_per_s IS NOT NULL AND replaced = 0;
  `,
  // What a run's seconds are; until then all were wall seconds.
  `
  ALTER TABLE runs ADD COLUMN timing TEXT NOT NULL DEFAULT 'wall';
  `,
  // A study on several platforms is a group of runs, one for each, at most one at each place.
  `
  CREATE TABLE run_groups (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    studies TEXT NOT NULL,
    seed INTEGER NOT NULL
  ) STRICT;
  ALTER TABLE runs ADD COLUMN run_group TEXT REFERENCES run_groups (id);
  ALTER TABLE runs ADD COLUMN place INTEGER;
  CREATE UNIQUE INDEX runs_of_group ON runs (run_group, place) WHERE run_group IS NOT NULL;
  `,
  // What pages show of many runs at once. A summary follows from its run's rows and is dropped with the first row that
  // it does not know of, so that one that is there is true. `live` is how far a run is that is being measured.
  `
  CREATE TABLE summaries (
    run TEXT PRIMARY KEY REFERENCES runs (id),
    format INTEGER NOT NULL,
    platform TEXT NOT NULL,
    policy TEXT NOT NULL,
    state TEXT NOT NULL,
    doubted INTEGER NOT NULL,
    words TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER summaries_end_with_a_verdict AFTER INSERT ON verdicts
    BEGIN DELETE FROM summaries WHERE run = NEW.run; END;
  CREATE TRIGGER summaries_end_with_a_machine AFTER INSERT ON machines
    BEGIN DELETE FROM summaries WHERE run = NEW.run; END;
  CREATE TABLE live (
    run TEXT PRIMARY KEY REFERENCES runs (id),
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_time ON runs (created_at, id);
  `,
];
