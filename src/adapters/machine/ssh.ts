import type { Duplex } from "node:stream";
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { type Command, type Completed, endText } from "../../core/command.ts";
import { failed, ok, type Result } from "../../core/problem.ts";
import type { Child, Machine, Terminal } from "../../lab/ports.ts";
import { shellQuote } from "../shell.ts";

export interface SshOptions {
  readonly name: string;
  /** Any byte stream that ends in an SSH server: a hypervisor's standard input and output, a socket. */
  readonly stream: Duplex;
  readonly privateKey: string;
  /** How long the server may take to answer, in seconds. */
  readonly answerLimitSeconds: number;
  /** How long it may answer nothing, once it has answered, before the machine counts as lost. */
  readonly silenceLimitSeconds: number;
  /** Settles when whatever carries the stream has ended. */
  readonly carrierEnded: Promise<string>;
  /** Ends the carrier. */
  readonly stopCarrier: () => void;
  /** What the carrier and the machine's console last said. */
  readonly lastWords: () => Promise<string>;
}

/** A machine behind an SSH server, over any duplex stream. The stream is private to us: no host key to check. */
export async function connectSsh(options: SshOptions, signal: AbortSignal): Promise<Result<Machine>> {
  const client = new ssh2.Client();
  let lostWhat: string | undefined;
  let declareLost: (what: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    declareLost = (what) => {
      lostWhat ??= what;
      resolve(lostWhat);
    };
  });
  const ready = new Promise<Result<"ready">>((resolve) => {
    client.on("ready", () => resolve(ok("ready")));
    client.on("error", (error) => {
      declareLost(`the channel failed: ${error.message}`);
      resolve(failed({ code: "no-boot", at: options.name, what: `no SSH answer: ${error.message}` }));
    });
    client.on("close", () => {
      // A hypervisor's end says more than the end of its stream, and may be told a moment later.
      limit(1000).then(() => declareLost("the channel closed"));
      resolve(failed({ code: "no-boot", at: options.name, what: "the channel closed before SSH answered" }));
    });
    options.carrierEnded.then((how) => {
      declareLost(`its hypervisor ended (${how})`);
      resolve(
        failed({
          code: "no-boot",
          at: options.name,
          what: `its hypervisor ended before SSH answered (${how})`,
        }),
      );
    });
    const stopped = () => resolve(failed({ code: "stopped", at: options.name, what: "stopped by the user" }));
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", stopped, { once: true });
  });
  const config: ConnectConfig = {
    sock: options.stream,
    username: "root",
    privateKey: options.privateKey,
    readyTimeout: options.answerLimitSeconds * 1000,
    // No AES instructions to rely on in a guest's guest: the cipher that is cheap without them.
    algorithms: { cipher: ["chacha20-poly1305@openssh.com"], kex: ["curve25519-sha256"] },
  };
  client.connect(config);
  const stop = async () => {
    options.stopCarrier();
    client.destroy();
    await Promise.race([options.carrierEnded, limit(10_000)]);
  };
  const answered = await ready;
  if (!answered.ok) {
    await stop();
    return answered;
  }
  const session: Session = {
    client,
    slots: new Set(),
    expectAnswer: nudgeWhenSilent(client, options, lost, declareLost),
  };
  let disposed: Promise<void> | undefined;
  return ok({
    name: options.name,
    run: (command, runSignal) => runOver(session, command, lost, runSignal),
    spawn: (argv, spawnSignal) => spawnOver(session, argv, lost, spawnSignal),
    shell: (terminal, shellSignal) => shellOver(client, terminal, lost, shellSignal),
    lost,
    diagnose: async () =>
      lostWhat === undefined ? undefined : `${options.name}: ${lostWhat}\n${await options.lastWords()}`,
    dispose: () => {
      disposed ??= stop();
      return disposed;
    },
  });
}

/** A key pair for one lab: the public half as an authorized_keys line. Kept in memory only. */
export function sessionKeys(): { readonly publicKey: string; readonly privateKey: string } {
  // ssh2 1.17 makes a key now and then that it cannot read back itself: 18 of 5,000 when counted.
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync("ed25519");
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) {
      return { publicKey: keys.public, privateKey: keys.private };
    }
  }
}

/** Seconds of silence before each nudge while commands run; the last one repeats. Most trials of quick end before the first. */
const NUDGE_AFTER_SECONDS = [6, 12, 24, 60] as const;

/** The same while a request waits for its answer, which takes a guest's guest half a second: nothing is measured yet. */
const NUDGE_REQUEST_AFTER_SECONDS = 2;

/** A machine is lost when so many nudges in a row go unanswered: counted, for a host that slept is not a guest that hangs. */
const NUDGES_UNANSWERED = 10;

/**
 * Bytes for a guest were seen to lie undelivered for minutes, everything below idle, until more bytes came
 * (QEMU 7.2's virtio-serial). So a silent channel gets a request that means nothing and is always answered; a machine
 * that does not answer it any more hangs, and is declared lost.
 * Returned is what to call with each request that waits for an answer, and what to call when that has come.
 */
function nudgeWhenSilent(
  client: Client,
  { stream, silenceLimitSeconds }: SshOptions,
  lost: Promise<string>,
  declareLost: (what: string) => void,
): () => () => void {
  let nudges = 0;
  let waiting = 0;
  let unanswered = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
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
  let over = false;
  lost.then(() => {
    over = true;
    clearTimeout(timer);
  });
  wait();
  return () => {
    waiting += 1;
    if (!over) wait();
    let answered = false;
    return () => {
      if (answered) return;
      answered = true;
      waiting -= 1;
      if (!over) wait();
    };
  };
}

function limit(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

/** One connection and what its commands share. */
interface Session {
  readonly client: Client;
  readonly slots: Slots;
  readonly expectAnswer: () => () => void;
}

type Opened = { readonly remote: RemoteProcess } | { readonly error: string };

/** A process behind a channel of its own. */
interface RemoteProcess {
  readonly channel: ClientChannel;
  /** How it ended, as soon as the server has told. */
  exit(): Completed["end"] | undefined;
  /** Kills the process and all that it started. OpenSSH forwards no signals to root's sessions, hence by number. */
  kill(): void;
  /** Its number's file may serve the next process. */
  forget(): void;
}

/** Where each running session's process number stands: small numbers, used again. */
const SESSION_FILE = "/run/dvirt/session";

type Slots = Set<number>;

let sessions = 0;

/** The file may still hold its last user's number, so it counts only under this session's tag. */
function killScript(file: string, tag: string): string {
  return `n=0; while [ $n -lt 100 ]; do read -r tag pid <${file}; [ "$tag" = ${tag} ] && exec kill -KILL -- "-$pid"; n=$((n + 1)); sleep 0.1; done`;
}

function takeSlot(slots: Slots): number {
  let slot = 1;
  while (slots.has(slot)) slot += 1;
  slots.add(slot);
  return slot;
}

function open(session: Session, argv: readonly string[], lost: Promise<string>): Promise<Opened> {
  const { client, slots } = session;
  const answered = session.expectAnswer();
  const slot = takeSlot(slots);
  const file = `${SESSION_FILE}.${slot}`;
  const tag = `s${++sessions}`;
  return new Promise((resolve) => {
    const fail = (error: string) => {
      answered();
      slots.delete(slot);
      resolve({ error });
    };
    lost.then(fail);
    try {
      // sshd makes each session a process group, so the shell's number, which exec keeps, names all of it.
      client.exec(`echo ${tag} $$ >${file}; exec ${shellQuote(argv)}`, (error, channel) => {
        if (error !== undefined && error !== null) return fail(error.message);
        answered();
        // Heard from here on: a quick command's end can come in the same bytes as its beginning.
        let exit: Completed["end"] | undefined;
        channel.on("exit", (code: number | null, killer?: string) => {
          exit = code === null ? { kind: "killed", signal: killer ?? "a signal" } : { kind: "exited", code };
        });
        const kill = () => {
          channel.on("error", () => {});
          channel.resume(); // the end is reported only when nothing is left to be read
          try {
            client.exec(killScript(file, tag), (failure, killer) => {
              if (failure === undefined || failure === null) killer.on("error", () => {}).resume();
            });
          } catch {
            // the connection is gone, and the process with its machine
          }
        };
        resolve({ remote: { channel, exit: () => exit, kill, forget: () => void slots.delete(slot) } });
      });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  });
}

async function runOver(
  session: Session,
  command: Command,
  lost: Promise<string>,
  signal: AbortSignal,
): Promise<Completed> {
  const begun = process.hrtime.bigint();
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const end = await new Promise<Completed["end"]>((resolve) => {
    let remote: RemoteProcess | undefined;
    const stop = (how: Completed["end"]) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      if (how.kind === "timed-out" || how.kind === "lost") remote?.kill();
      resolve(how);
    };
    const timer = setTimeout(
      () => stop({ kind: "timed-out", limitSeconds: command.timeoutSeconds }),
      command.timeoutSeconds * 1000,
    );
    const onAbort = () => stop({ kind: "lost", what: "stopped by the user" });
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    lost.then((what) => stop({ kind: "lost", what }));
    open(session, command.argv, lost).then((opened) => {
      if ("error" in opened) return stop({ kind: "lost", what: opened.error });
      remote = opened.remote;
      const { channel, forget } = opened.remote;
      channel.on("data", (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
      channel.on("error", () => {});
      channel.on("close", () => {
        forget();
        const exit = opened.remote.exit();
        if (exit !== undefined) return stop(exit);
        // A channel that closes without an exit status may precede the news that the machine is gone.
        setTimeout(() => stop({ kind: "lost", what: "the channel closed without an exit status" }), 500);
      });
      channel.end(command.stdin ?? "");
    });
  });
  return {
    end,
    stdout: Buffer.concat(stdout).toString("utf8"),
    stderr: Buffer.concat(stderr).toString("utf8"),
    seconds: Number(process.hrtime.bigint() - begun) / 1e9,
  };
}

async function spawnOver(
  session: Session,
  argv: readonly string[],
  lost: Promise<string>,
  signal: AbortSignal,
): Promise<Result<Child>> {
  if (signal.aborted) return failed({ code: "stopped", what: "stopped by the user" });
  const opened = await open(session, argv, lost);
  if ("error" in opened) return failed({ code: "no-boot", what: `cannot start ${argv[0]}: ${opened.error}` });
  const { channel, exit, kill, forget } = opened.remote;
  let errors = "";
  channel.stderr.setEncoding("utf8");
  channel.stderr.on("data", (text: string) => {
    errors = (errors + text).slice(-16_384);
  });
  channel.on("error", () => {});
  const ended = Promise.race([
    new Promise<string>((resolve) => {
      channel.on("close", () => {
        forget();
        const end = exit();
        resolve(end === undefined ? "the channel closed" : endText(end));
      });
    }),
    lost,
  ]);
  return ok({ stream: channel, errors: () => errors, ended, kill });
}

async function shellOver(
  client: Client,
  { input, output }: Terminal,
  lost: Promise<string>,
  signal: AbortSignal,
): Promise<number> {
  const size = () => ({ rows: output.rows ?? 24, cols: output.columns ?? 80, height: 0, width: 0 });
  const opened = await new Promise<{ readonly channel: ClientChannel } | { readonly error: string }>(
    (resolve) => {
      lost.then((error) => resolve({ error }));
      client.shell({ term: process.env["TERM"] ?? "xterm", ...size() }, (error, channel) =>
        resolve(error ? { error: error.message } : { channel }),
      );
    },
  );
  if ("error" in opened) {
    output.write(`no shell: ${opened.error}\n`);
    return 1;
  }
  const { channel } = opened;
  const raw = input.isTTY;
  if (raw) input.setRawMode(true);
  const resize = () => channel.setWindow(size().rows, size().cols, 0, 0);
  const onAbort = () => channel.close();
  output.on("resize", resize);
  signal.addEventListener("abort", onAbort, { once: true });
  input.pipe(channel);
  channel.pipe(output, { end: false });
  let code = 0;
  channel.on("exit", (value: number | null) => {
    code = value ?? 1;
  });
  await Promise.race([new Promise<void>((resolve) => channel.on("close", () => resolve())), lost]);
  input.unpipe(channel);
  input.pause();
  if (raw) input.setRawMode(false);
  output.off("resize", resize);
  signal.removeEventListener("abort", onAbort);
  return code;
}
