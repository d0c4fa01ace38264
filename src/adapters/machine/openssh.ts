import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command, Completed } from "../../core/command.ts";
import { failed, ok, type Result } from "../../core/problem.ts";
import type { Child, Machine } from "../../lab/ports.ts";
import { remove, temporaryFolder } from "../files.ts";
import { runProcess, startProcess } from "../process.ts";
import { shellQuote } from "../shell.ts";
import { interactive } from "./local.ts";
import { sshProblem } from "./openssh-problem.ts";

export interface OpenSshOptions {
  readonly name: string;
  /** As one would type it behind `ssh`. */
  readonly host: string;
  /** In place of the user's own configuration. */
  readonly configFile?: string | undefined;
  /** `sudo`: every command runs as root by sudo, which must not ask. */
  readonly rights: "login" | "sudo";
}

export interface SshTarget extends Machine {
  /** A program on this process's own terminal; its exit code. */
  interactive(argv: readonly string[], signal: AbortSignal): Promise<number>;
}

/**
 * A machine that is there already, behind OpenSSH's own client, so that ssh_config, agent, known_hosts and jump hosts
 * are the user's. One connection carries every command; when it goes, whatever was started over it is ended over there.
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
  const answer = await Promise.race([
    answered(keeper, channel.token),
    keeper.ended.then(() => "ended" as const),
    limit(ANSWER_LIMIT_SECONDS * 1000),
    aborted(signal),
  ]);
  if (answer !== "ready") {
    keeper.kill();
    await keeper.ended;
    await remove(folder);
    if (signal.aborted) return failed({ code: "stopped", at: options.name, what: "stopped by the user" });
    if (answer === "ended") return failed(sshProblem(options.name, options.host, keeper.errors()));
    return failed({
      code: "no-answer",
      at: `${options.name} (${options.host})`,
      what: `the connection was made, and a command gave no answer within ${ANSWER_LIMIT_SECONDS} s`,
      hint: "the login must reach a shell without a menu or a question",
      evidence: keeper.errors(),
    });
  }
  let gone: string | undefined;
  const lost = keeper.ended.then(async (how) => {
    await remove(folder);
    const said = keeper.errors().trim().split("\n").at(-1);
    gone ??=
      said === undefined || said === "" ? `the connection ended (${how})` : `the connection ended: ${said}`;
    return gone;
  });
  let disposed: Promise<void> | undefined;
  return ok({
    name: options.name,
    run: (command, runSignal) => runOver(channel, command, () => gone, runSignal),
    spawn: async (argv, spawnSignal) => spawnOver(channel, argv, gone, spawnSignal),
    shell: (_terminal, shellSignal) => interactive(terminalArgv(channel, ["sh", "-i"]), shellSignal),
    interactive: (argv, shellSignal) => interactive(terminalArgv(channel, argv), shellSignal),
    lost,
    diagnose: async () => (gone === undefined ? undefined : `${options.name} (${options.host}): ${gone}`),
    dispose: () => {
      disposed ??= stop(keeper).then(() => {
        gone ??= "the machine was disposed";
      });
      return disposed;
    },
  });
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

/** Nothing here weakens a check: unknown and changed host keys are refused, whatever the configuration says. */
const STRICT = [
  "-o",
  "BatchMode=yes",
  "-o",
  "StrictHostKeyChecking=yes",
  "-o",
  "ForwardAgent=no",
  "-o",
  "ForwardX11=no",
  "-o",
  "ClearAllForwardings=yes",
  "-o",
  "PermitLocalCommand=no",
  "-o",
  "RemoteCommand=none",
];

/** How a target is connected to, for people: what a command over it is put behind. */
export function sshArgv(options: Pick<OpenSshOptions, "host" | "configFile">): readonly string[] {
  return ["ssh", ...configured(options), ...STRICT.slice(0, 4), options.host];
}

/** No window pops up to ask for a password where there is no terminal. */
const SSH = ["env", "SSH_ASKPASS_REQUIRE=never", "ssh"];

function configured({ configFile }: Pick<OpenSshOptions, "configFile">): readonly string[] {
  return configFile === undefined ? [] : ["-F", configFile];
}

function masterArgv({ options, socket }: Channel): readonly string[] {
  return [
    ...SSH,
    ...configured(options),
    ...STRICT,
    "-o",
    "RequestTTY=no",
    "-o",
    "ControlMaster=yes",
    "-o",
    "ControlPersist=no",
    "-S",
    socket,
    "-o",
    "ConnectTimeout=20",
    // A dead network is noticed within 45 s, and costs a trial a packet or two.
    "-o",
    "ServerAliveInterval=15",
    "-o",
    "ServerAliveCountMax=3",
    options.host,
  ];
}

/** Over the connection that is there; without it the client would make another, which `false` forbids. */
function sharedArgv({ options, socket }: Channel, tty: "no" | "force"): readonly string[] {
  return [
    ...SSH,
    ...configured(options),
    ...STRICT,
    "-o",
    `RequestTTY=${tty}`,
    "-o",
    "ControlMaster=no",
    "-S",
    socket,
    "-o",
    "ProxyCommand=false",
    "-o",
    "LogLevel=ERROR",
    options.host,
  ];
}

function terminalArgv(channel: Channel, argv: readonly string[]): readonly string[] {
  return [...sharedArgv(channel, "force"), remoteText(channel.options, argv)];
}

/** One line for the login shell over there, whichever it is: a plain command with quoted words. */
function remoteText({ rights }: OpenSshOptions, argv: readonly string[]): string {
  return `exec ${shellQuote([...(rights === "sudo" ? ["sudo", "-n"] : []), "env", "LC_ALL=C", ...argv])}`;
}

const MARK = "DVIRT_COMMAND";

/** Runs a command and says how it ended, as the last of standard error: the client's own exit code may be the connection's. */
const WRAPPER = `"$@"; status=$?; echo "dvirt-end $${MARK} $status" >&2; exit $status`;

function wrapped(argv: readonly string[], mark: string): readonly string[] {
  return [`${MARK}=${mark}`, "sh", "-c", WRAPPER, "sh", ...argv];
}

/** $1 a mark. Ends every process that carries it, by number; again until there is none, as they may be starting others. */
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
  if (done.end.kind === "exited") {
    if (status !== undefined) return { ...done, stderr, end: { kind: "exited", code: status } };
    // The client may notice that the connection is gone a moment before the connection's own process has ended.
    if (gone() === undefined) await limit(1000);
    const what = gone() ?? "the session ended and did not say how the command had";
    return { ...done, stderr, end: { kind: "lost", what } };
  }
  endMarked(channel, mark);
  return { ...done, stderr };
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
    stream: child.stream,
    errors: () => withoutEnd(child.errors(), mark).stderr,
    ended: child.ended.then((how) => {
      const { status } = withoutEnd(child.errors(), mark);
      return status === undefined ? how : `exit code ${status}`;
    }),
    kill: () => {
      endMarked(channel, mark);
      child.kill();
    },
  });
}

/** Not waited for: whoever gives a command up goes on, and the connection's keeper ends what is left. */
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

function answered(keeper: Child, token: string): Promise<"ready"> {
  return new Promise((resolve) => {
    let text = "";
    keeper.stream.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-16_384);
      if (text.includes(`dvirt-ready ${token}`)) resolve("ready");
    });
  });
}

/** The keeper ends what is left when its input ends; the connection then closes by itself. */
async function stop(keeper: Child): Promise<void> {
  keeper.stream.end();
  await Promise.race([keeper.ended, limit(10_000)]);
  keeper.kill();
  await keeper.ended;
}

function limit(milliseconds: number): Promise<"limit"> {
  return new Promise((resolve) => {
    setTimeout(() => resolve("limit"), milliseconds).unref();
  });
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}
