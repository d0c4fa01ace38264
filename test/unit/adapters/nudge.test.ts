import { once } from "node:events";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { afterEach, expect, test, vi } from "vitest";
import { connectSsh, sessionKeys } from "../../../src/adapters/machine/ssh.ts";

/** A stream's end that, once told to, keeps bytes back until more of them come: the fault that was seen. */
function lazy(end: Duplex) {
  let keeping = false;
  let kept: Buffer[] = [];
  let [said, heard] = [0, 0];
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      said += 1;
      if (keeping && kept.length === 0) kept.push(chunk);
      else {
        keeping = keeping && kept.length === 0;
        end.write(Buffer.concat([...kept, chunk]));
        kept = [];
      }
      done();
    },
  });
  let silent = false;
  let unheard: Buffer[] = [];
  end.on("data", (chunk: Buffer) => {
    heard += 1;
    if (silent) unheard.push(chunk);
    else stream.push(chunk);
  });
  return {
    stream,
    /** Whether what the server says is kept back, as if the guest hung, or arrives, with what was kept. */
    silence: (yes: boolean) => {
      silent = yes;
      if (silent) return;
      for (const chunk of unheard) stream.push(chunk);
      unheard = [];
    },
    keepBack: () => {
      keeping = true;
    },
    /** How often something was written, which a nudge does within its turn. */
    said: () => said,
    /** How often something came from the server. */
    heard: () => heard,
  };
}

/** A real SSH server on loopback that says `done` to every command, and counts the requests that mean nothing. */
async function serve(): Promise<{ port: number; requests: number }> {
  const server = new ssh2.Server({ hostKeys: [sessionKeys().privateKey] });
  server.on("connection", (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (attempt) => attempt.accept());
    connection.on("request", (_accept, reject) => {
      seen.requests += 1;
      reject?.();
    });
    connection.on("session", (accept) => {
      accept().on("exec", (acceptCommand) => {
        const channel = acceptCommand();
        channel.write("done");
        channel.exit(0);
        channel.close();
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const seen = { port: portOf(server.address()), requests: 0 };
  return seen;
}

function portOf(address: unknown): number {
  if (typeof address === "object" && address !== null && "port" in address) return Number(address.port);
  throw new Error("the server has no port");
}

const closers: (() => void)[] = [];

/** Lets what is on its way over loopback arrive, until something holds; a busy host takes its time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Lets what is on its way over loopback arrive, for so long by the real clock. */
async function arriving(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await turn();
  await until(() => performance.now() >= end);
}

afterEach(() => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) close();
});

async function connected() {
  const seen = await serve();
  const socket = connect(seen.port, "127.0.0.1");
  await once(socket, "connect");
  closers.push(() => socket.destroy());
  const line = lazy(socket);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const machine = await connectSsh(
    {
      name: "L1",
      stream: line.stream,
      privateKey: sessionKeys().privateKey,
      answerLimitSeconds: 60,
      silenceLimitSeconds: 90,
      carrierEnded: once(socket, "close").then(() => ({ kind: "lost", what: "closed" })),
      stopCarrier: () => socket.destroy(),
      lastWords: async () => "",
    },
    new AbortController().signal,
  );
  if (!machine.ok) throw new Error(machine.problems[0]?.what);
  await arriving(50); // what the server says of its own accord
  return { machine: machine.value, line, seen };
}

test("a command whose bytes lie undelivered is soon brought on its way by a nudge", async () => {
  const { machine, line, seen } = await connected();
  line.keepBack();
  let ended: unknown;
  const running = machine.run({ argv: ["true"], timeoutSeconds: 600 }, new AbortController().signal);
  running.then((completed) => {
    ended = completed;
  });
  expect(seen.requests).toBe(0);
  // The usual nudge would come after 6 s.
  for (let passed = 0; ended === undefined && passed < 5900; passed += 100) {
    vi.advanceTimersByTime(100);
    await arriving(20);
  }
  expect(ended).toMatchObject({ end: { kind: "exited", code: 0 }, stdout: "done" });
});

test("a machine that leaves nudges unanswered hangs, and is lost long before its command's limit", async () => {
  const { machine, line, seen } = await connected();
  const running = machine.run({ argv: ["sleep", "600"], timeoutSeconds: 600 }, new AbortController().signal);
  line.silence(true);
  let lost: string | undefined;
  machine.lost.then((what) => {
    lost = what;
  });
  const after = async (seconds: number) => {
    vi.advanceTimersByTime(seconds * 1000);
    await arriving(20);
    return lost;
  };
  // The command's beginning is nudged after 2 s, and again every 9 s.
  expect(await after(2)).toBeUndefined();
  for (let nudge = 1; nudge < 10; nudge++) expect(await after(9)).toBeUndefined();
  await until(() => seen.requests >= 10);
  expect(seen.requests).toBe(10);
  const what = "it hangs: 10 requests in 90 s went unanswered";
  expect(await after(9)).toBe(what);
  expect((await running).end).toEqual({ kind: "lost", what });
});

test("one answer is enough to be counted from the beginning", async () => {
  const { machine, line, seen } = await connected();
  for (let time = 1; time <= 2; time++) {
    const before = seen.requests;
    line.silence(true);
    while (seen.requests < before + 9) {
      vi.advanceTimersByTime(1000);
      await arriving(20);
    }
    line.silence(false);
    await arriving(100);
  }
  const done = await machine.run({ argv: ["true"], timeoutSeconds: 600 }, new AbortController().signal);
  expect(done.end).toEqual({ kind: "exited", code: 0 });
  await machine.dispose();
});

test("nudges become rarer while nothing else is said, and end with the machine", async () => {
  const { machine, line } = await connected();
  /** Whole seconds until the next nudge, whose answer is waited for. */
  const secondsToNudge = async () => {
    const [said, heard] = [line.said(), line.heard()];
    let seconds = 0;
    for (; line.said() === said && seconds < 600; seconds++) {
      vi.advanceTimersByTime(1000);
      await turn();
    }
    if (seconds < 600) await until(() => line.heard() > heard);
    return seconds;
  };
  const found: number[] = [];
  while (found.length < 5) found.push(await secondsToNudge());
  expect(found).toEqual([6, 12, 24, 60, 60]);
  await machine.dispose();
  expect(await secondsToNudge()).toBe(600);
});
