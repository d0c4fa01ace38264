import { expect, test } from "vitest";
import { sshProblem } from "../../../src/adapters/machine/openssh-problem.ts";

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
  ["unreachable", "ssh: connect to host lpar1 port 22: Connection refused\n"],
  ["unreachable", "kex_exchange_identification: Connection closed by remote host\n"],
  ["unreachable", ""],
])("is %s where the client says %j", (code, stderr) => {
  const problem = sshProblem("L1", "lpar1", stderr);
  expect(problem).toMatchObject({ code, at: "L1 (lpar1)", evidence: stderr.trim() });
  expect(problem.hint).not.toBe("");
});
