import { describe, expect, test } from "vitest";
import { clientSettings, sessionRefused, sshProblem } from "../../../src/adapters/machine/openssh-problem.ts";
import { fixture } from "../fixture.ts";

test.each([
  [
    "host-key-changed",
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.\n",
  ],
  [
    "host-key-unknown",
    "No ED25519 host key is known for lpar1 and you have requested strict checking.\nHost key verification failed.\n",
  ],
  ["no-login", "root@lpar1: Permission denied (publickey,password).\n"],
  ["no-login", "Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures\n"],
  ["no-sudo", "sudo: a password is required\n"],
  ["no-sudo", "joe is not in the sudoers file.\n"],
  ["no-such-host", "ssh: Could not resolve hostname lpar1: Name or service not known\n"],
  ["bad-ssh-config", "lab.config: line 3: Bad configuration option: hostnam\n"],
  ["bad-ssh-config", "Can't open user config file lab.config: No such file or directory\n"],
  ["bad-ssh-config", '/home/joe/.ssh/config line 5: garbage at end of line; "x".\n'],
  ["bad-ssh-config", fixture("cases/C36-ssh-bad-owner.txt")],
  ["ssh-no-agreement", fixture("cases/C37-ssh-hostkey-type.txt")],
  [
    "ssh-no-agreement",
    "Unable to negotiate with 192.0.2.1 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1\n",
  ],
  [
    "ssh-no-agreement",
    "sign_and_send_pubkey: no mutual signature supported\njoe@lpar1: Permission denied (publickey).\n",
  ],
  ["ssh-no-agreement", "Bad server host key: Invalid key length\n"],
  [
    "no-login",
    "Permissions 0644 for '/home/joe/.ssh/id' are too open.\njoe@lpar1: Permission denied (publickey).\n",
  ],
  ["no-login", "WARNING: Your password has expired.\nPassword change required but no TTY available.\n"],
  ["no-login", "This account is currently not available.\n"],
  [
    "no-forwarding",
    "channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\n",
  ],
  ["no-folder", 'unix_listener: path "/a/b" too long for Unix domain socket\n'],
  [
    "unreachable",
    '"System is booting up. Unprivileged users are not permitted to log in yet. see pam_nologin(8)."\njoe@lpar1: Permission denied\n',
  ],
  ["unreachable", "channel 0: open failed: connect failed: Connection refused\n"],
  ["unreachable", "/home/joe/.bashrc: line 3: foo: command not found\n"],
  ["unreachable", "ssh: connect to host lpar1 port 22: Connection refused\n"],
  ["unreachable", "kex_exchange_identification: Connection closed by remote host\n"],
  ["unreachable", ""],
])("is %s where the client says %j", (code, stderr) => {
  const problem = sshProblem("L1", "lpar1", stderr);
  expect(problem).toMatchObject({ code, at: "L1 (lpar1)", evidence: stderr.trim() });
  expect(problem.hint).not.toBe("");
});

describe("the remedy", () => {
  const hint = (stderr: string) => sshProblem("L1", "lpar1", stderr).hint;

  test("names the file whose rights are wrong", () => {
    expect(hint(fixture("cases/C36-ssh-bad-owner.txt"))).toContain("chmod 600 /home/user/.ssh/config");
    expect(hint("Permissions 0644 for '/home/joe/.ssh/id' are too open.\n")).toBe(
      "chmod 600 /home/joe/.ssh/id",
    );
  });

  test.each([
    [
      fixture("cases/C37-ssh-hostkey-type.txt"),
      "HostKeyAlgorithms +ssh-rsa and PubkeyAcceptedAlgorithms +ssh-rsa",
    ],
    [
      "no matching key exchange method found. Their offer: diffie-hellman-group1-sha1",
      "KexAlgorithms +diffie-hellman-group1-sha1",
    ],
    ["no matching cipher found. Their offer: aes128-cbc,3des-cbc", "Ciphers +aes128-cbc"],
    ["no matching MAC found. Their offer: hmac-md5", "MACs +hmac-md5"],
  ])("of %j names the option: %s", (stderr, option) => {
    expect(hint(stderr)).toContain(option);
  });

  test("of keys that are kept nowhere names the option that does it", () => {
    const settings = clientSettings(fixture("cases/C39-vagrant-ssh-config"));
    expect(sshProblem("L1", "default", fixture("cases/C39-vagrant-stderr.txt"), settings)).toMatchObject({
      code: "host-key-unknown",
      what: "UserKnownHostsFile /dev/null in ssh_config keeps no host key, so none is ever known",
      hint: expect.stringContaining("StrictHostKeyChecking=ask default"),
    });
    expect(
      clientSettings("host default\nuserknownhostsfile /home/a /dev/null\n").get("userknownhostsfile"),
    ).toBe("/home/a /dev/null");
  });

  test("of a client that says nothing says so, and why it may be silent", () => {
    const settings = clientSettings(fixture("cases/C39-vagrant-ssh-config"));
    expect(sshProblem("L1", "default", "", settings).what).toBe(
      "it cannot be reached by SSH, and the client does not say why, because LogLevel is FATAL in ssh_config",
    );
    expect(sshProblem("L1", "default", "\n").what).toMatch(/does not say why$/);
  });
});

test.each([
  ["mux_client_request_session: session request failed: Session open refused by peer\n", true],
  ["channel 2: open failed: connect failed: open failed\n", false],
])("%j is a server that takes no more commands on a connection: %s", (stderr, refused) => {
  expect(sessionRefused(stderr)).toBe(refused);
});
