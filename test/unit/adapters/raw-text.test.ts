import fc from "fast-check";
import { expect, test } from "vitest";
import { rawBytes, rawText } from "../../../src/adapters/raw-text.ts";

test("any bytes come back as they were", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(rawBytes(rawText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("any text comes back as it was, and is itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(rawText(Buffer.from(text, "utf8"))).toBe(text);
      expect(rawBytes(text)).toEqual(Buffer.from(text, "utf8"));
    }),
    { numRuns: 2000 },
  );
});

test("every two bytes between valid text come back, and the text around them is text", () => {
  for (let first = 0x80; first < 0x100; first++) {
    for (let second = 0; second < 0x100; second += 5) {
      const bytes = Buffer.from([0x61, first, second, 0xc3, 0xa9, 0]);
      const text = rawText(bytes);
      expect(rawBytes(text)).toEqual(bytes);
      expect(text.startsWith("a") && text.endsWith("\0")).toBe(true);
    }
  }
});

test("bytes that are no UTF-8 are shown as U+FFFD", () => {
  expect(rawText(Buffer.from([0x61, 0xff, 0x62])).toWellFormed()).toBe("a\ufffdb");
});
