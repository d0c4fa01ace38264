import type { Problem } from "../../core/problem.ts";

/** What OpenSSH's client says when there is no way in, with the remedy; the first that matches counts. */
const SAID: readonly (readonly [
  pattern: RegExp,
  code: string,
  what: string,
  hint: (host: string) => string,
])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    "host-key-changed",
    "its host key is not the one in known_hosts",
    (host) =>
      `find out why before anything else: another machine may be answering. If the key was changed on purpose, remove the old one (ssh-keygen -R) and connect once by hand: ssh ${host}`,
  ],
  [
    /Host key verification failed|No .* host key is known/,
    "host-key-unknown",
    "known_hosts has no host key for it, or for a jump host on the way",
    (host) => `connect once by hand and compare the fingerprint: ssh ${host}`,
  ],
  [
    /sudo: (a password is required|a terminal is required|.*not (found|allowed))|is not in the sudoers file/,
    "no-sudo",
    "sudo does not give root's rights without a password",
    () => "NOPASSWD in sudoers for this user, or log in as root and leave rights out",
  ],
  [
    /Permission denied|Too many authentication failures/,
    "no-login",
    "it does not let this user in; dvirt asks for no password and stores none",
    (host) =>
      `ssh-add the key, or name it in ssh_config, until this works without a question: ssh -o BatchMode=yes ${host} true`,
  ],
  [
    /Could not resolve hostname/,
    "no-such-host",
    "its name cannot be resolved",
    () => "write it as you would behind ssh, or give it a Host entry in ssh_config",
  ],
  [
    /Bad configuration option|Can't open user config file|terminating, \d+ bad configuration/,
    "bad-ssh-config",
    "ssh cannot read its configuration",
    (host) => `mend the file that this names: ssh -G ${host}`,
  ],
];

/** The way in failed: why, from what the client wrote to standard error. */
export function sshProblem(name: string, host: string, stderr: string): Problem {
  const found = SAID.find(([pattern]) => pattern.test(stderr));
  const evidence = stderr.trim().split("\n").slice(-12).join("\n");
  const at = `${name} (${host})`;
  if (found === undefined) {
    return {
      code: UNREACHABLE,
      at,
      what: "it cannot be reached by SSH",
      hint: `see that this works: ssh -o BatchMode=yes ${host} true`,
      evidence,
    };
  }
  const [, code, what, hint] = found;
  return { code, at, what, hint: hint(host), evidence };
}

/** The one failure that may pass by itself, so that it is worth waiting. */
export const UNREACHABLE = "unreachable";
