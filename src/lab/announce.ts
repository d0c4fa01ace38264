import type { LabEvent } from "./events.ts";
import { type LiveBoard, type LiveState, nextLiveState } from "./live.ts";
import type { Clock } from "./ports.ts";
import type { Remaining } from "./remaining.ts";

/** Says on the board how far a run is, event by event, until it is closed; `remaining` hears of each event before. */
export function announce(
  board: LiveBoard,
  names: Pick<LiveState, "run" | "process" | "extent">,
  remaining: Remaining,
  clock: Clock,
): { event(event: LabEvent): void; close(): void } {
  const now = clock.now();
  let state: LiveState = {
    ...names,
    since: now,
    at: now,
    machines: [],
    done: remaining.done(),
    total: remaining.total(),
    leftSeconds: remaining.leftSeconds(),
  };
  board.show(state);
  return {
    event(event) {
      state = nextLiveState(state, event, remaining, clock.now());
      board.show(state);
    },
    close() {
      board.clear(names.run);
      board.close();
    },
  };
}
