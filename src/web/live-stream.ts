import { setTimeout as wait } from "node:timers/promises";
import { type PageResponse, STATUS, textResponse } from "./exchange.ts";

/** Readers who look on at one time; each costs a look at the store four times a second. */
const READERS = 64;
const LOOK_MILLISECONDS = 250;
/** Times go on without anything being written; so often they are shown anew. */
const REFRESH_MILLISECONDS = 2000;

/** What a reader is sent: the newest row in it, and its markup. */
export interface LiveMoment {
  readonly row: number;
  readonly markup: string;
  readonly state: "running" | "ended";
}

export interface LiveSource {
  /** What the reader saw last, before it was cut off. */
  readonly seenRow: number;
  /** Another number as soon as there is anything new. */
  readonly version: () => Promise<number>;
  readonly moment: (seenRow: number) => Promise<LiveMoment>;
  readonly signal: AbortSignal;
}

/** Server-sent events until the reader goes. */
export type LiveStream = (source: LiveSource) => PageResponse;

export function createLiveStream(): LiveStream {
  let readers = 0;
  async function* events({ seenRow, version, moment, signal }: LiveSource): AsyncGenerator<string> {
    readers += 1;
    try {
      yield "retry: 1000\n\n";
      let row = seenRow;
      let seen: number | undefined;
      let since = 0;
      while (!signal.aborted) {
        const now = await version();
        if (now !== seen || since >= REFRESH_MILLISECONDS) {
          const { row: newest, markup, state } = await moment(row);
          yield eventText(newest, state, markup);
          [row, seen, since] = [newest, now, 0];
        }
        await wait(LOOK_MILLISECONDS, undefined, { signal }).catch(() => {});
        since += LOOK_MILLISECONDS;
      }
    } finally {
      readers -= 1;
    }
  }
  return (source) => {
    if (readers >= READERS) {
      const why = "too many readers look on at this time";
      return textResponse(STATUS.unavailable, why, { "retry-after": "10" });
    }
    const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
    return { status: STATUS.ok, headers, body: events(source) };
  };
}

/** As the HTML standard has it: every line of the data gets its name. */
function eventText(row: number, state: LiveMoment["state"], markup: string): string {
  const lines = markup.split("\n").map((line) => `data: ${line}`);
  return `event: ${state}\nid: ${row}\n${lines.join("\n")}\n\n`;
}
