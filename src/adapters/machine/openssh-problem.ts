import { lastLines } from "../../core/base/command.ts";
import type { Problem } from "../../core/base/problem.ts";
import type { ProblemCode } from "../../core/base/problem-codes.ts";

/** How the client is set up for a host: `ssh -G`'s lines by their keyword in lower case. */
export type ClientSettings = ReadonlyMap<string, string>;

/** A problem that stays until somebody mends it, and what the client says when it has it. */
interface Said {
  readonly pattern: RegExp;
  readonly code: ProblemCode;
  readonly what: string;
  readonly hint: (host: string, stderr: string) => string;
}

/** What OpenSSH's client says when there is no way in, with the remedy; the first that matches counts. */
const SAID: readonly Said[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/,
    code: "host-key-changed",
    what: "its host key is not the one in known_hosts",
    hint: (host) =>
      `find out why before anything else: another machine may be answering. If the key was changed on purpose, remove the old one (ssh-keygen -R) and connect once by hand: ssh ${host}`,
  },
  {
    pattern: /no matching ([a-z ]+?) found|no mutual signature|Bad server host key/i,
    code: "ssh-no-agreement",
    what: "this client and that server have no algorithm in common",
    hint: (host, stderr) =>
      `for this host in ssh_config: ${agreement(stderr)}; then see that this works: ssh -o BatchMode=yes ${host} true`,
  },
  {
    pattern: /Bad owner or permissions on /,
    code: "bad-ssh-config",
    what: "ssh refuses its configuration, because others could write it or it is somebody else's",
    hint: (_host, stderr) => {
      const file = /Bad owner or permissions on (\S+)/.exec(stderr)?.[1] ?? "the file";
      return `chmod 600 ${file}, and chown it to the user who runs dvirt`;
    },
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE|Permissions \d+ for .* are too open/,
    code: "no-login",
    what: "ssh does not use a private key that others can read",
    hint: (_host, stderr) =>
      `chmod 600 ${/Permissions \d+ for '([^'\n]+)'/.exec(stderr)?.[1] ?? "the key that it names"}`,
  },
  {
    pattern: /Host key verification failed|No .* host key is known/,
    code: "host-key-unknown",
    what: "known_hosts has no host key for it, or for a jump host on the way",
    hint: (host) => `connect once by hand and compare the fingerprint: ssh ${host}`,
  },
  {
    pattern:
      /sudo: (a password is required|a terminal is required|.*not (found|allowed))|is not in the sudoers file/,
    code: "no-sudo",
    what: "sudo does not give root's rights without a password",
    hint: () => "NOPASSWD in sudoers for this user, or log in as root and leave rights out",
  },
  {
    pattern:
      /password has expired|must change your password|Password change required|account (has expired|is (currently )?not available|is locked)/i,
    code: "no-login",
    what: "the account there lets nobody in as it is",
    hint: (host) =>
      `renew the account or its password there, until this works without a question: ssh ${host} true`,
  },
  {
    pattern: /Permission denied|Too many authentication failures/,
    code: "no-login",
    what: "it does not let this user in; dvirt asks for no password and stores none",
    hint: (host) =>
      `ssh-add the key, or name it in ssh_config, until this works without a question: ssh -o BatchMode=yes ${host} true`,
  },
  {
    pattern: /Could not resolve hostname/,
    code: "no-such-host",
    what: "its name cannot be resolved",
    hint: () => "write it as you would behind ssh, or give it a Host entry in ssh_config",
  },
  {
    pattern: /open failed: administratively prohibited|stdio forwarding failed/,
    code: "no-forwarding",
    what: "a jump host on the way makes no connections for others",
    hint: () =>
      "AllowTcpForwarding yes in sshd_config of the jump host, or another way (ProxyJump) in ssh_config",
  },
  {
    pattern: /too long for Unix domain socket/,
    code: "no-folder",
    what: "the path of the control socket is too long",
    hint: () => "TMPDIR with a short path, such as /tmp",
  },
  {
    pattern:
      /Bad configuration option|Can't open user config file|terminating, \d+ bad configuration|^(\S*config\S*?|command-line):? line \d+: /m,
    code: "bad-ssh-config",
    what: "ssh cannot read its configuration",
    hint: (host) => `mend the file that this names: ssh -G ${host}`,
  },
];

/** A machine that is booting refuses whom it will let in a minute later. */
const BOOTING = /pam_nologin|System is (booting up|going down)/;

/** The option by which old algorithms are allowed, for each kind that the client names. */
const OPTIONS: readonly (readonly [kind: RegExp, options: readonly string[]])[] = [
  [/host key type/i, ["HostKeyAlgorithms", "PubkeyAcceptedAlgorithms"]],
  [/key exchange method/i, ["KexAlgorithms"]],
  [/cipher/i, ["Ciphers"]],
  [/MAC/i, ["MACs"]],
];

function agreement(stderr: string): string {
  const offer = /Their offer: (\S+)/.exec(stderr)?.[1];
  const kind = /no matching ([a-z ]+?) found/i.exec(stderr)?.[1];
  const options = OPTIONS.find(([pattern]) => pattern.test(kind ?? ""))?.[1];
  if (options === undefined)
    return "PubkeyAcceptedAlgorithms +ssh-rsa, or a key of a newer type (ssh-keygen -t ed25519)";
  // The first is what the server would rather have.
  const first = offer?.split(",")[0] ?? "what it offers";
  return options.map((option) => `${option} +${first}`).join(" and ");
}

/** The server lets a connection carry too few commands at a time. */
export function sessionRefused(stderr: string): boolean {
  return /Session open refused by peer|session request failed|session open failed|no more sessions/i.test(
    stderr,
  );
}

export function sessionsProblem(at: string, evidence: string): Problem {
  return {
    code: "ssh-sessions",
    at,
    what: "its SSH server lets one connection carry fewer commands at a time than dvirt needs",
    hint: "MaxSessions 10 (its default) or more in sshd_config there, then reload sshd: all commands share one connection",
    evidence: lastLines(evidence, 12),
  };
}

/** The way in failed: why, from what the client, or the login's shell, wrote, and how the client is set up. */
export function sshProblem(
  name: string,
  host: string,
  said: string,
  settings: ClientSettings = new Map(),
): Problem {
  const evidence = lastLines(said, 12);
  const at = `${name} (${host})`;
  const found = BOOTING.test(said) ? undefined : SAID.find(({ pattern }) => pattern.test(said));
  if (found?.code === "host-key-unknown" && keepsNoKeys(settings)) {
    return {
      code: found.code,
      at,
      what: `UserKnownHostsFile ${settings.get("userknownhostsfile")} in ssh_config keeps no host key, so none is ever known`,
      hint: `for this host in ssh_config: a file as UserKnownHostsFile; then connect once by hand and compare the fingerprint: ssh -o StrictHostKeyChecking=ask ${host}`,
      evidence,
    };
  }
  if (found !== undefined) {
    const { code, what, hint } = found;
    return { code, at, what, hint: hint(host, said), evidence };
  }
  const silent = said.trim() === "";
  const level = settings.get("loglevel") ?? "";
  const muted = /^(quiet|fatal)$/i.test(level) ? `, because LogLevel is ${level} in ssh_config` : "";
  return {
    code: UNREACHABLE,
    at,
    what: silent
      ? `it cannot be reached by SSH, and the client does not say why${muted}`
      : "it cannot be reached by SSH",
    hint: `see that this works: ssh -o BatchMode=yes ${silent ? "-o LogLevel=VERBOSE " : ""}${host} true`,
    evidence,
  };
}

function keepsNoKeys(settings: ClientSettings): boolean {
  const files = settings.get("userknownhostsfile")?.split(/\s+/);
  return files?.every((file) => file === "/dev/null" || file.toLowerCase() === "none") === true;
}

/** Lines `Keyword value` of `ssh -G`, or of an ssh_config for one host. */
export function clientSettings(text: string): ClientSettings {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([A-Za-z]{1,60})(?:\s{1,9}|\s{0,9}=\s{0,9})(\S.*)$/.exec(line.trim()) ?? [];
    // The first value counts.
    if (name !== undefined && value !== undefined && !found.has(name.toLowerCase())) {
      found.set(name.toLowerCase(), value);
    }
  }
  return found;
}

/** The one failure that may pass by itself, so that it is worth waiting. */
export const UNREACHABLE = "unreachable";
