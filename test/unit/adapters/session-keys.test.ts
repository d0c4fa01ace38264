import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { sessionKeys } from "../../../src/adapters/machine/ssh.ts";

test("every session key can be read back: one in some 300 of the library's own could not", () => {
  for (let i = 0; i < 2000; i++) {
    expect(ssh2.utils.parseKey(sessionKeys().privateKey)).not.toBeInstanceOf(Error);
  }
});
