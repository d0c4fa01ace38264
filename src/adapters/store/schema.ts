/** Counted in the file itself: a store of another version is refused. Raise it with every change of the schema. */
export const STORE_VERSION = 2;

/** In the file's header, so that no other program's database is taken for a store: "dvrt". */
export const APPLICATION_ID = 0x64767274;

/**
 * Structured values are JSON text; what is searched for, and what a report needs of a million trials, has a column of
 * its own. Observations are append-only, which triggers hold.
 */
export const SCHEMA = `
  -- A study on several platforms is a group of runs, one for each, at most one at each place.
  CREATE TABLE run_groups (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    studies TEXT NOT NULL,
    seed INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    study TEXT NOT NULL,
    seed INTEGER NOT NULL,
    hardware TEXT NOT NULL,
    timing TEXT NOT NULL,
    provenance TEXT NOT NULL,
    run_group TEXT REFERENCES run_groups (id),
    place INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX runs_of_group ON runs (run_group, place) WHERE run_group IS NOT NULL;
  CREATE INDEX runs_by_time ON runs (created_at, id);

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
    condition INTEGER,
    direction TEXT NOT NULL,
    level INTEGER NOT NULL,
    workload TEXT NOT NULL,
    nth INTEGER NOT NULL,
    bring_up INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    seconds TEXT NOT NULL,
    observation TEXT NOT NULL,
    stdout BLOB NOT NULL,
    stderr BLOB NOT NULL,
    UNIQUE (run, trial, attempt)
  ) STRICT;
  CREATE INDEX observations_of_run ON observations (run);
  CREATE INDEX lost_observations ON observations (run, trial) WHERE lost = 1;
  CREATE INDEX repeated_observations ON observations (run) WHERE attempt > 1;
  CREATE TRIGGER observations_are_not_replaced BEFORE INSERT ON observations
    WHEN EXISTS (SELECT 1 FROM observations
      WHERE rowid = NEW.rowid OR run = NEW.run AND trial = NEW.trial AND attempt = NEW.attempt)
    BEGIN SELECT RAISE (ABORT, 'observations are append-only'); END;
  CREATE TRIGGER observations_stay BEFORE UPDATE ON observations
    BEGIN SELECT RAISE (ABORT, 'observations are append-only'); END;
  CREATE TRIGGER observations_are_kept BEFORE DELETE ON observations
    BEGIN SELECT RAISE (ABORT, 'observations are append-only'); END;

  -- condition: null in a study without factors. metrics, resolution: values by id, null where the trial failed. unknown_guards: names with commas, null where the trial failed.
  -- replaced: 1 where a later attempt speaks for the trial.
  CREATE TABLE outcomes (
    run TEXT NOT NULL,
    trial TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    boot INTEGER NOT NULL,
    condition INTEGER,
    direction TEXT NOT NULL,
    level INTEGER NOT NULL,
    workload TEXT NOT NULL,
    metrics TEXT,
    resolution TEXT,
    doubts INTEGER NOT NULL,
    unknown_guards TEXT,
    replaced INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, trial, attempt),
    FOREIGN KEY (run, trial, attempt) REFERENCES observations (run, trial, attempt)
  ) STRICT;
  CREATE INDEX outcomes_of_run ON outcomes (run);
  CREATE INDEX unread_outcomes ON outcomes (run) WHERE metrics IS NULL;
  CREATE INDEX doubted_outcomes ON outcomes (run, trial) WHERE doubts > 0;
  CREATE INDEX guards_of_run ON outcomes (run, unknown_guards) WHERE metrics IS NOT NULL AND replaced = 0;

  CREATE TABLE nested_entries (
    run TEXT NOT NULL,
    trial TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    host INTEGER NOT NULL,
    workload TEXT NOT NULL,
    level INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (run, trial, attempt, host),
    FOREIGN KEY (run, trial, attempt) REFERENCES outcomes (run, trial, attempt)
  ) STRICT;
  CREATE INDEX nested_entries_of_run ON nested_entries (run, workload, level, host, entries);

  -- What pages show of many runs at once. It follows from the run's rows, and goes with the first row that it does not
  -- know of, so that a summary that is there is true.
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
  CREATE TRIGGER summaries_end_with_a_outcome AFTER INSERT ON outcomes
    BEGIN DELETE FROM summaries WHERE run = NEW.run; END;
  CREATE TRIGGER summaries_end_with_a_machine AFTER INSERT ON machines
    BEGIN DELETE FROM summaries WHERE run = NEW.run; END;

  -- How far a run is that is being measured now.
  CREATE TABLE live (
    run TEXT PRIMARY KEY REFERENCES runs (id),
    state TEXT NOT NULL
  ) STRICT;
`;
