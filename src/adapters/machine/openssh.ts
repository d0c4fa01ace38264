import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, type Completed, endText } from "../../core/base/command.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import type { Child, Machine } from "../../lab/ports.ts";
import { remove, temporaryFolder } from "../files.ts";
import { runProcess, startProcess } from "../process.ts";
import { aborted, after, once } from "../waiting.ts";
import { interactive } from "./local.ts";
import { BEGUN, loginLine, streamAfterLogin, withoutLogin } from "./login-shell.ts";
import { clientSettings, sessionRefused, sshProblem } from "./openssh-problem.ts";

export interface OpenSshOptions {
  readonly name: string;
  /** What one would type after `ssh`. */
  readonly host: string;
  /** Used in place of the user's own configuration. */
  readonly configFile?: string | undefined;
  /** `sudo`: every command runs as root by sudo, which must not ask. */
  readonly rights: "login" | "sudo";
}

export interface SshTarget extends Machine {
  /** A program on this process's own terminal; its exit code. */
  interactive(argv: readonly string[], signal: AbortSignal): Promise<number>;
}

/**
 * A machine that is there already, reached by OpenSSH's own client with the user's ssh_config, agent, known_hosts and
 * jump hosts. One connection carries every command; when it ends, everything that was started over it ends too.
 */
export async function connectOpenSsh(
  options: OpenSshOptions,
  signal: AbortSignal,
): Promise<Result<SshTarget>> {
  // Kept apart from others' and short: a socket's path has about 100 bytes.
  const folder = await temporaryFolder(join(tmpdir(), "dvirt-ssh-"));
  const channel: Channel = {
    options,
    socket: join(folder, "s"),
    token: randomBytes(9).toString("hex"),
    count: 0,
  };
  const keeper = startProcess([...masterArgv(channel), remoteText(options, keeperCommand(channel.token))]);
  const heard = hearing(keeper);
  const answer = await Promise.race([
    heard.ready(channel.token),
    keeper.ended.then(() => "ended" as const),
    after(ANSWER_LIMIT_SECONDS, "limit" as const),
    aborted(signal, "aborted" as const),
  ]);
  if (answer === "ready") return ok(targetOver(channel, keeper, folder));
  keeper.kill();
  await keeper.ended;
  await remove(folder);
  if (signal.aborted) return failed({ code: "stopped", at: options.name, what: "stopped by the user" });
  if (answer === "ended") {
    // A login that is refused by its shell says so on standard output.
    const said = `${keeper.errors()}${heard.text()}`;
    return failed(sshProblem(options.name, options.host, said, await settingsOf(options, signal)));
  }
  return failed({
    code: "no-answer",
    at: `${options.name} (${options.host})`,
    what: `the connection was made, but a command gave no answer within ${ANSWER_LIMIT_SECONDS} s`,
    hint: "the login must reach a shell without a menu or a question",
    evidence: keeper.errors(),
  });
}

/** The machine behind a connection that is there, for as long as its keeper runs. */
function targetOver(channel: Channel, keeper: Child, folder: string): SshTarget {
  const { name, host } = channel.options;
  let gone: string | undefined;
  const lost = keeper.ended.then(async (how) => {
    await remove(folder);
    const said = keeper.errors().trim().split("\n").at(-1);
    gone ??= said ? `the connection ended: ${said}` : `the connection ended (${endText(how)})`;
    return gone;
  });
  return {
    name,
    run: (command, signal) => runOver(channel, command, () => gone, signal),
    spawn: async (argv, signal) => spawnOver(channel, argv, gone, signal),
    shell: (_terminal, signal) => interactive(terminalArgv(channel, ["sh", "-i"]), signal),
    interactive: (argv, signal) => interactive(terminalArgv(channel, argv), signal),
    lost,
    diagnose: async () => (gone === undefined ? undefined : `${name} (${host}): ${gone}`),
    dispose: once(async () => {
      await stop(keeper);
      gone ??= "the machine was disposed";
    }),
  };
}

/** A connection and what its commands share. */
interface Channel {
  readonly options: OpenSshOptions;
  readonly socket: string;
  /** In the environment of everything that is started over it, so that it can be found and ended. */
  readonly token: string;
  count: number;
}

/** Three hosts in a row with a slow name service between were seen to take some 15 s. */
const ANSWER_LIMIT_SECONDS = 90;

/** Without terminals, questions and unknown hosts: unknown and changed host keys are refused, whatever the configuration says. */
const STRICT = set("BatchMode=yes", "StrictHostKeyChecking=yes");

const BARE = [
  ...STRICT,
  ...set("ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes"),
  ...set("PermitLocalCommand=no", "RemoteCommand=none"),
];

function set(...values: readonly string[]): readonly string[] {
  return values.flatMap((value) => ["-o", value]);
}

/** How a person connects to the target: the beginning of a command line. */
export function sshArgv(options: Pick<OpenSshOptions, "host" | "configFile">): readonly string[] {
  return ["ssh", ...configured(options), ...STRICT, options.host];
}

/** No window pops up to ask for a password where there is no terminal. */
const SSH = ["env", "SSH_ASKPASS_REQUIRE=never", "ssh"];

function configured({ configFile }: Pick<OpenSshOptions, "configFile">): readonly string[] {
  return configFile === undefined ? [] : ["-F", configFile];
}

function masterArgv({ options, socket }: Channel): readonly string[] {
  return [
    ...[...SSH, ...configured(options), ...BARE],
    ...set("RequestTTY=no", "ControlMaster=yes", "ControlPersist=no"),
    ...["-S", socket],
    // A configuration that silences the client would leave nobody a reason.
    ...set("LogLevel=INFO"),
    // A dead network is noticed within 45 s, and costs a trial a packet or two.
    ...set("ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=3"),
    options.host,
  ];
}

/** Over the connection that is there; without it the client would make another, which `false` forbids. */
function sharedArgv({ options, socket }: Channel, tty: "no" | "force"): readonly string[] {
  return [
    ...[...SSH, ...configured(options), ...BARE],
    ...set(`RequestTTY=${tty}`, "ControlMaster=no"),
    ...["-S", socket],
    ...set("ProxyCommand=false", "LogLevel=ERROR"),
    options.host,
  ];
}

function terminalArgv(channel: Channel, argv: readonly string[]): readonly string[] {
  return [...sharedArgv(channel, "force"), remoteText(channel.options, argv)];
}

function remoteText({ rights }: OpenSshOptions, argv: readonly string[]): string {
  return loginLine([...(rights === "sudo" ? ["sudo", "-n"] : []), "env", "LC_ALL=C", ...argv]);
}

const MARK = "DVIRT_COMMAND";

const REFUSED =
  "its SSH server refused another command on the connection: MaxSessions in its sshd_config is too low";

/**
 * Runs a command between marks: standard output begins where the login's start-up files have had their say, and standard
 * error ends with how it ended, because the client's exit code may be the connection's.
 */
const WRAPPER = `echo "${BEGUN} $${MARK}"; "$@"; status=$?; echo "dvirt-end $${MARK} $status" >&2; exit $status`;

function wrapped(argv: readonly string[], mark: string): readonly string[] {
  return [`${MARK}=${mark}`, "sh", "-c", WRAPPER, "sh", ...argv];
}

/** $1 a mark. Kills every process that carries it, until none is left: they may be starting others. */
const END_MARKED = `
marked() { grep -ls "${MARK}=$1" /proc/[0-9]*/environ 2>/dev/null | sed 's#^/proc/##; s#/.*##'; }
quiet=0 tries=0
while [ "$quiet" -lt 3 ] && [ "$tries" -lt 100 ]; do
  found=$(marked "$1")
  if [ -n "$found" ]; then kill -KILL $found 2>/dev/null; quiet=0; else quiet=$((quiet + 1)); fi
  tries=$((tries + 1))
  sleep 0.1
done`;

/** The first command over a connection: says that it is there, and cleans up when the connection goes. */
function keeperCommand(token: string): readonly string[] {
  return [
    "sh",
    "-c",
    `trap '' HUP; echo "dvirt-ready ${token}"; cat >/dev/null\n${END_MARKED}`,
    "sh",
    `${token}.`,
  ];
}

async function runOver(
  channel: Channel,
  command: Command,
  gone: () => string | undefined,
  signal: AbortSignal,
): Promise<Completed> {
  const mark = `${channel.token}.${++channel.count};`;
  const done = await runProcess(
    {
      ...command,
      argv: [...sharedArgv(channel, "no"), remoteText(channel.options, wrapped(command.argv, mark))],
    },
    signal,
  );
  const { stderr, status } = withoutEnd(done.stderr, mark);
  const stdout = withoutLogin(done.stdout, mark);
  if (done.end.kind === "exited") {
    if (status !== undefined) return { ...done, stdout, stderr, end: { kind: "exited", code: status } };
    if (sessionRefused(stderr)) return { ...done, stdout, stderr, end: { kind: "lost", what: REFUSED } };
    // The client may notice that the connection is gone a moment before the connection's own process has ended.
    if (gone() === undefined) await after(1, undefined);
    const what = gone() ?? "the session ended and did not say how the command had";
    return { ...done, stdout, stderr, end: { kind: "lost", what } };
  }
  endMarked(channel, mark);
  return { ...done, stdout, stderr };
}

async function spawnOver(
  channel: Channel,
  argv: readonly string[],
  gone: string | undefined,
  signal: AbortSignal,
): Promise<Result<Child>> {
  if (signal.aborted) return failed({ code: "stopped", what: "stopped by the user" });
  if (gone !== undefined) {
    return failed({
      code: "machine-lost",
      at: channel.options.name,
      what: `cannot start ${argv[0]}: ${gone}`,
    });
  }
  const mark = `${channel.token}.${++channel.count};`;
  const child = startProcess([
    ...sharedArgv(channel, "no"),
    remoteText(channel.options, wrapped(argv, mark)),
  ]);
  return ok({
    stream: streamAfterLogin(child.stream, mark),
    errors: () => {
      const { stderr } = withoutEnd(child.errors(), mark);
      return sessionRefused(stderr) ? `${stderr.trimEnd()}\n${REFUSED}\n` : stderr;
    },
    ended: child.ended.then(async (how) => {
      await onceRead();
      const { status } = withoutEnd(child.errors(), mark);
      return status === undefined ? how : { kind: "exited", code: status };
    }),
    kill: () => {
      endMarked(channel, mark);
      child.kill();
    },
  });
}

/** What a process said before its end has passed through its streams. */
function onceRead(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Nobody waits for this: the connection's keeper ends what is left. */
function endMarked(channel: Channel, mark: string): void {
  const argv = ["sh", "-c", END_MARKED, "sh", mark];
  void runProcess(
    { argv: [...sharedArgv(channel, "no"), remoteText(channel.options, argv)], timeoutSeconds: 30 },
    new AbortController().signal,
  );
}

function withoutEnd(
  stderr: string,
  mark: string,
): { readonly stderr: string; readonly status: number | undefined } {
  const tag = `dvirt-end ${mark} `;
  const at = stderr.lastIndexOf(tag);
  const status = at < 0 ? undefined : /^(\d+)\n/.exec(stderr.slice(at + tag.length))?.[1];
  if (status === undefined) return { stderr, status: undefined };
  const after = stderr.slice(at + tag.length + status.length + 1);
  return { stderr: stderr.slice(0, at) + after, status: Number(status) };
}

/** What the first command over a connection says, and whether it is there. */
function hearing(keeper: Child) {
  let text = "";
  let told = () => {};
  keeper.stream.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-16_384);
    told();
  });
  return {
    text: () => text,
    ready: (token: string) =>
      new Promise<"ready">((resolve) => {
        told = () => {
          if (text.includes(`dvirt-ready ${token}`)) resolve("ready");
        };
        told();
      }),
  };
}

/** How the client is set up for the host: nothing where it cannot say. */
async function settingsOf(options: OpenSshOptions, signal: AbortSignal) {
  const argv = [...SSH, "-G", ...configured(options), options.host];
  const { stdout } = await runProcess({ argv, timeoutSeconds: 10 }, signal);
  return clientSettings(stdout);
}

/** The keeper ends what is left when its input ends; the connection then closes by itself. */
async function stop(keeper: Child): Promise<void> {
  keeper.stream.end();
  await Promise.race([keeper.ended, after(10, undefined)]);
  keeper.kill();
  await keeper.ended;
}
