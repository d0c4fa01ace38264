import fc from "fast-check";
import { expect, test } from "vitest";
import { fileName } from "../../../../src/core/base/file-name.ts";

test("an ordinary name stays as it is", () => {
  expect(fileName("2026-11-30-212610-quick-b")).toBe("2026-11-30-212610-quick-b");
});

test.each(["../../etc/cron.d/x", "/etc/passwd", "..", ".", "", "a/b", "\0", "x".repeat(400), "-\n-"])(
  "%j is one name of one file",
  (name) => {
    expect(fileName(name)).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/);
  },
);

test("no name makes a path, and long ones that differ at their end stay apart", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      expect(fileName(name)).toMatch(/^(?!\.)[A-Za-z0-9._-]{1,200}$/);
    }),
  );
  expect(fileName(`${"x".repeat(300)}1`)).not.toBe(fileName(`${"x".repeat(300)}2`));
});
