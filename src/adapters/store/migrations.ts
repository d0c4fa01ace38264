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
];
