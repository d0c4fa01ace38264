import type { Duplex } from "node:stream";
import type { Client } from "ssh2";

/** Seconds of silence before each nudge while commands run; the last one repeats. Most trials of quick end before the first. */
const NUDGE_AFTER_SECONDS = [6, 12, 24, 60] as const;

/** While a request waits for its answer, nothing is measured yet; even a guest's guest answers within half a second. */
const NUDGE_REQUEST_AFTER_SECONDS = 2;

/** Nudges in a row without an answer that mean the machine hangs. They are counted because a host may sleep. */
const NUDGES_UNANSWERED = 10;

export interface Nudged {
  readonly client: Pick<Client, "unforwardIn">;
  readonly stream: Duplex;
  /** How long the machine may answer nothing before it counts as lost. */
  readonly silenceLimitSeconds: number;
  /** Settles when the machine is lost: then nothing is sent any more. */
  readonly lost: Promise<string>;
  declareLost(what: string): void;
}

/**
 * Bytes for a guest were seen to lie undelivered for minutes, everything below idle, until more bytes came
 * (QEMU 7.2's virtio-serial). So a silent channel gets a request that means nothing and is always answered. A machine
 * that does not answer it hangs, and is declared lost.
 * Call what is returned with each request that waits for an answer, and call what that returns when the answer came.
 */
export function nudgeWhenSilent({
  client,
  stream,
  silenceLimitSeconds,
  lost,
  declareLost,
}: Nudged): () => () => void {
  let [nudges, waiting, unanswered, over] = [0, 0, 0, false];
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    if (over) return;
    const usual = NUDGE_AFTER_SECONDS[Math.min(nudges, NUDGE_AFTER_SECONDS.length - 1)] ?? 60;
    const soon = waiting > 0 ? Math.min(usual, NUDGE_REQUEST_AFTER_SECONDS * (nudges + 1)) : usual;
    const seconds = unanswered === 0 ? soon : silenceLimitSeconds / NUDGES_UNANSWERED;
    timer = setTimeout(nudge, seconds * 1000).unref();
  };
  const nudge = () => {
    if (unanswered === NUDGES_UNANSWERED) {
      return declareLost(`it hangs: ${unanswered} requests in ${silenceLimitSeconds} s went unanswered`);
    }
    nudges += 1;
    unanswered += 1;
    try {
      client.unforwardIn("localhost", 1, () => {}); // nothing is forwarded: refused, and that is the answer
    } catch {
      return; // the connection is gone
    }
    wait();
  };
  stream.on("data", () => {
    // A nudge's own answer does not make the next one come sooner.
    if (unanswered === 0) nudges = 0;
    unanswered = 0;
    wait();
  });
  lost.then(() => {
    over = true;
    clearTimeout(timer);
  });
  const expecting = (change: 1 | -1) => {
    waiting += change;
    wait();
  };
  wait();
  return () => {
    let open = true;
    expecting(1);
    return () => {
      if (open) expecting(-1);
      open = false;
    };
  };
}
