import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LOCK } from "../../../../src/platforms/ssh/target-lock.ts";

const NOBODY = 65534;

function placeForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-lock-"));
  chmodSync(folder, 0o1777); // as /var/tmp is
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the lock says of a folder to a login that ends at once. */
function said(folder: string): string {
  return spawnSync("sh", ["-c", LOCK, "lock", folder], {
    encoding: "utf8",
    input: "",
    env: { ...process.env, SSH_CONNECTION: "192.0.2.1 5 192.0.2.2 22" },
  }).stdout.trim();
}

describe("the folder on a target", () => {
  test("that is not there is made for its login alone", () => {
    const folder = join(placeForTest(), "dvirt");
    expect(said(folder)).toBe("locked");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(said(folder), "and used again").toBe("locked");
  });

  test.each([0o777, 0o770, 0o702, 0o1777])("that others can write (%o) is refused", (mode) => {
    const folder = join(placeForTest(), "dvirt");
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(said(folder)).toBe("open");
  });

  test("that is a link is refused, wherever it leads", () => {
    const place = placeForTest();
    mkdirSync(join(place, "own"), { mode: 0o700 });
    symlinkSync(join(place, "own"), join(place, "dvirt"));
    expect(said(join(place, "dvirt"))).toBe("open");
    symlinkSync(join(place, "nowhere"), join(place, "dangling"));
    expect(said(join(place, "dangling"))).toBe("open");
  });

  test("with a link in place of the lock is refused, and what it leads to stays as it is", () => {
    const place = placeForTest();
    const secret = join(place, "secret");
    writeFileSync(secret, "of root alone");
    const folder = join(place, "dvirt");
    mkdirSync(folder, { mode: 0o700 });
    symlinkSync(secret, join(folder, "lock-192.0.2.2"));
    expect(said(folder)).toBe("open");
    expect(readFileSync(secret, "utf8")).toBe("of root alone");
  });

  test.skipIf(process.getuid?.() !== 0)("that another user made is refused", () => {
    const place = placeForTest();
    const folder = join(place, "dvirt");
    execFileSync("setpriv", [
      "--reuid",
      String(NOBODY),
      "--regid",
      String(NOBODY),
      "--clear-groups",
      "mkdir",
      "-m",
      "755",
      folder,
    ]);
    expect(said(folder)).toBe("open");
    chownSync(folder, 0, 0);
    expect(said(folder)).toBe("locked");
  });
});
