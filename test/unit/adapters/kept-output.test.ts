import fc from "fast-check";
import { expect, test } from "vitest";
import { KEPT_BYTES, keepOutput } from "../../../src/adapters/kept-output.ts";

const chunks = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 40 });

test("what is short enough is kept whole, however it is cut up", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 10 }), { maxLength: 8 }), (pieces) => {
      const kept = keepOutput({ head: 60, tail: 60 });
      for (const piece of pieces) kept.add(Buffer.from(piece));
      expect(kept.text()).toBe(pieces.join(""));
      expect(kept.leftOut()).toBe(0);
    }),
  );
});

test("of what is longer the first and the last bytes are kept, with the number of those between them", () => {
  fc.assert(
    fc.property(chunks, (pieces) => {
      const kept = keepOutput({ head: 7, tail: 5 });
      for (const piece of pieces) kept.add(Buffer.from(piece.map((byte) => 97 + (byte % 26))));
      const all = Buffer.concat(pieces.map((piece) => Buffer.from(piece.map((byte) => 97 + (byte % 26)))));
      const missing = Math.max(0, all.length - 12);
      expect(kept.leftOut()).toBe(missing);
      expect(kept.text()).toBe(
        missing === 0
          ? all.toString()
          : `${all.subarray(0, 7)}\n[dvirt: ${missing} bytes were left out here]\n${all.subarray(-5)}`,
      );
    }),
    { numRuns: 1000 },
  );
});

test("half a gigabyte takes no more memory than is kept of it", () => {
  const kept = keepOutput();
  const chunk = Buffer.alloc(2 ** 16, "x");
  for (let bytes = 0; bytes < 2 ** 29; bytes += chunk.length) kept.add(chunk);
  const { head, tail } = KEPT_BYTES;
  expect(kept.leftOut()).toBe(2 ** 29 - head - tail);
  expect(kept.text().length).toBeLessThan(head + tail + 100);
});
