import type { Duplex } from "node:stream";
import ssh2, { type Client, type ClientChannel } from "ssh2";
import { type Command, type Completed, endText } from "../../core/base/command.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import type { Child, Machine, Terminal } from "../../lab/ports.ts";
import { execute, lastSaid } from "../execution.ts";
import { shellQuote } from "../shell.ts";
import { aborted, after, once } from "../waiting.ts";
import { nudgeWhenSilent } from "./nudge.ts";
import { unhurried } from "./unhurried.ts";

export interface SshOptions {
  readonly name: string;
  /** Any byte stream that ends in an SSH server: a hypervisor's standard input and output, a socket. */
  readonly stream: Duplex;
  readonly privateKey: string;
  /** How long the server may take to answer, in seconds. */
  readonly answerLimitSeconds: number;
  /**
   * How long it may answer nothing, once it has answered, before the machine counts as lost; undefined where nothing is
   * sent to a silent machine.
   */
  readonly silenceLimitSeconds: number | undefined;
  /** Settles when whatever carries the stream has ended. */
  readonly carrierEnded: Child["ended"];
  /** Settles with the reason when somebody else finds that the machine hangs. */
  readonly hangs?: Promise<string>;
  /** Ends the carrier. */
  readonly stopCarrier: () => void;
  /** What the carrier and the machine's console last said. */
  readonly lastWords: () => Promise<string>;
}

/** A machine behind an SSH server, over any duplex stream. The stream is private to us: no host key to check. */
export async function connectSsh(options: SshOptions, signal: AbortSignal): Promise<Result<Machine>> {
  const client = new ssh2.Client();
  const stream = unhurried(options.stream);
  const loss = watchForLoss(client, options);
  const answer = firstAnswer(client, options, signal);
  client.connect({
    sock: stream,
    username: "root",
    privateKey: options.privateKey,
    readyTimeout: options.answerLimitSeconds * 1000,
    // No AES instructions to rely on in a guest's guest: the cipher that is cheap without them.
    algorithms: { cipher: ["chacha20-poly1305@openssh.com"], kex: ["curve25519-sha256"] },
  });
  const stop = once(async () => {
    options.stopCarrier();
    client.destroy();
    await Promise.race([options.carrierEnded, after(10, undefined)]);
  });
  const answered = await answer;
  if (!answered.ok) {
    await stop();
    return answered;
  }
  const { name, silenceLimitSeconds } = options;
  const { lost } = loss;
  const expectAnswer =
    silenceLimitSeconds === undefined
      ? () => () => {}
      : nudgeWhenSilent({ client, stream, silenceLimitSeconds, lost, declareLost: loss.declare });
  const session: Session = { client, slots: new Set(), expectAnswer, lost };
  return ok({
    name,
    run: (command, runSignal) => runOver(session, command, runSignal),
    spawn: (argv, spawnSignal) => spawnOver(session, argv, spawnSignal),
    shell: (terminal, shellSignal) => shellOver(session, terminal, shellSignal),
    lost,
    diagnose: async () => {
      const what = loss.soFar();
      return what === undefined ? undefined : `${name}: ${what}\n${await options.lastWords()}`;
    },
    dispose: stop,
  });
}

/** Why a machine cannot be reached any more; the first reason counts. */
interface Loss {
  readonly lost: Promise<string>;
  readonly declare: (what: string) => void;
  readonly soFar: () => string | undefined;
}

function watchForLoss(client: Client, { carrierEnded, hangs }: SshOptions): Loss {
  let reason: string | undefined;
  let declare: (what: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    declare = (what) => {
      reason ??= what;
      resolve(reason);
    };
  });
  hangs?.then(declare);
  client.on("error", (error) => declare(`the channel failed: ${error.message}`));
  // A hypervisor's end says more than the end of its stream, and may be told a moment later.
  client.on("close", () => after(1, "the channel closed").then(declare));
  carrierEnded.then((how) => declare(`its hypervisor ended (${endText(how)})`));
  return { lost, declare, soFar: () => reason };
}

function firstAnswer(client: Client, options: SshOptions, signal: AbortSignal): Promise<Result<"ready">> {
  const at = options.name;
  return new Promise((resolve) => {
    const noBoot = (what: string) => resolve(failed({ code: "no-boot", at, what }));
    client.on("ready", () => resolve(ok("ready")));
    client.on("error", (error) => noBoot(`no SSH answer: ${error.message}`));
    client.on("close", () => noBoot("the channel closed before SSH answered"));
    options.hangs?.then(noBoot);
    options.carrierEnded.then((how) => noBoot(`its hypervisor ended before SSH answered (${endText(how)})`));
    aborted(signal, "stopped by the user").then((what) => resolve(failed({ code: "stopped", at, what })));
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

/** One connection and what its commands share. */
interface Session {
  readonly client: Client;
  readonly slots: Slots;
  readonly expectAnswer: () => () => void;
  readonly lost: Promise<string>;
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

function open(session: Session, argv: readonly string[]): Promise<Opened> {
  const { client, slots, lost } = session;
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

function runOver(session: Session, command: Command, signal: AbortSignal): Promise<Completed> {
  return execute(command, signal, ({ stdout, stderr, end }) => {
    let kill = () => {};
    session.lost.then((what) => end({ kind: "lost", what }));
    open(session, command.argv).then((opened) => {
      if ("error" in opened) return end({ kind: "lost", what: opened.error });
      const { channel, exit, forget } = opened.remote;
      kill = opened.remote.kill;
      channel.on("data", stdout);
      channel.stderr.on("data", stderr);
      channel.on("error", () => {});
      channel.on("close", async () => {
        forget();
        // A channel that closes without an exit status may precede the news that the machine is gone.
        end(
          exit() ?? (await after(0.5, { kind: "lost", what: "the channel closed without an exit status" })),
        );
      });
      channel.end(command.stdin ?? "");
    });
    return () => kill();
  });
}

async function spawnOver(
  session: Session,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Result<Child>> {
  if (signal.aborted) return failed({ code: "stopped", what: "stopped by the user" });
  const opened = await open(session, argv);
  if ("error" in opened) return failed({ code: "no-boot", what: `cannot start ${argv[0]}: ${opened.error}` });
  const { channel, exit, kill, forget } = opened.remote;
  channel.on("error", () => {});
  const ended = new Promise<Completed["end"]>((resolve) => {
    channel.on("close", () => {
      forget();
      resolve(exit() ?? { kind: "lost", what: "the channel closed" });
    });
    session.lost.then((what) => resolve({ kind: "lost", what }));
  });
  return ok({ stream: channel, errors: lastSaid(channel.stderr), ended, kill });
}

async function shellOver(
  { client, lost }: Session,
  { input, output }: Terminal,
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
  let code = 0;
  channel.on("exit", (value: number | null) => {
    code = value ?? 1;
  });
  const giveBack = connectTerminal(channel, { input, output }, () =>
    channel.setWindow(size().rows, size().cols, 0, 0),
  );
  const onAbort = () => channel.close();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([new Promise<void>((resolve) => channel.on("close", () => resolve())), lost]);
  signal.removeEventListener("abort", onAbort);
  giveBack();
  return code;
}

/** Keys go to the channel, and what it says to the terminal, until what is returned is called. */
function connectTerminal(
  channel: ClientChannel,
  { input, output }: Terminal,
  resize: () => void,
): () => void {
  const raw = input.isTTY;
  if (raw) input.setRawMode(true);
  output.on("resize", resize);
  input.pipe(channel);
  channel.pipe(output, { end: false });
  return () => {
    input.unpipe(channel);
    input.pause();
    if (raw) input.setRawMode(false);
    output.off("resize", resize);
  };
}
