import type { Result } from "../../core/base/problem.ts";
import { ok } from "../../core/base/problem.ts";
import type { LiveBoard } from "../../lab/live.ts";
import { openDatabase } from "./connection.ts";

/**
 * The table `live` of a store, over a connection of its own whose commits wait for no disk: what it holds is of no use
 * after a power cut, and a disk that is written while something is measured is a load. NORMAL keeps the file sound.
 */
export async function openLiveBoard(path: string): Promise<Result<LiveBoard>> {
  const opened = await openDatabase(path, "refuse");
  if (!opened.ok) return opened;
  const database = opened.value;
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 1000");
  const show = database.prepare(
    "INSERT INTO live (run, state) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET state = excluded.state",
  );
  const clear = database.prepare("DELETE FROM live WHERE run = ?");
  return ok({
    show: (state) => unlessItFails(() => show.run(state.run, JSON.stringify(state))),
    clear: (run) => unlessItFails(() => clear.run(run)),
    close: () => void database.close(),
  });
}

/** A full disk or a busy store stops what is measured by itself, and with a message; this must not. */
function unlessItFails(write: () => unknown): void {
  try {
    write();
  } catch {
    // Said again at the next event.
  }
}
