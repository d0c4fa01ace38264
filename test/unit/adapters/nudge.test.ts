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
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
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
    isKeeping: () => kept.length > 0,
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

/** Lets what is on its way over loopback arrive, for so long by the real clock; a busy host is slow with it. */
async function arriving(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  do await new Promise((resolve) => setImmediate(resolve));
  while (performance.now() < until);
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
  return { machine: machine.value, line, seen };
}

test("a command whose bytes lie undelivered is soon brought on its way by a nudge", async () => {
  const { machine, line, seen } = await connected();
  line.keepBack();
  const running = machine.run({ argv: ["true"], timeoutSeconds: 600 }, new AbortController().signal);
  while (!line.isKeeping()) await arriving(0);
  expect(seen.requests).toBe(0);
  // The request may begin to wait a moment later; the usual nudge would come after 6 s.
  await arriving(100);
  vi.advanceTimersByTime(2000);
  expect(await running).toMatchObject({ end: { kind: "exited", code: 0 }, stdout: "done" });
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
    await arriving(100);
    return lost;
  };
  // The command's beginning is nudged after 2 s, and again every 9 s.
  expect(await after(2)).toBeUndefined();
  for (let nudge = 1; nudge < 10; nudge++) expect(await after(9)).toBeUndefined();
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
  const { machine, seen } = await connected();
  const nudgesAfter = async (seconds: number) => {
    const before = seen.requests;
    vi.advanceTimersByTime(seconds * 1000);
    await arriving(100);
    return seen.requests - before;
  };
  expect([await nudgesAfter(5), await nudgesAfter(1)]).toEqual([0, 1]);
  expect([await nudgesAfter(11), await nudgesAfter(1)]).toEqual([0, 1]);
  expect([await nudgesAfter(23), await nudgesAfter(1)]).toEqual([0, 1]);
  expect([await nudgesAfter(59), await nudgesAfter(1), await nudgesAfter(60)]).toEqual([0, 1, 1]);
  await machine.dispose();
  expect(await nudgesAfter(600)).toBe(0);
});
