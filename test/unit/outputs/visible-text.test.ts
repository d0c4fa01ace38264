import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shortened, shortLabel, visible, visibleLine, wrapped } from "../../../src/outputs/visible-text.ts";
import { MADE_UP_LABEL } from "../made-up/figures.ts";

describe("visible text", () => {
  test.each([
    ["control characters", "\u0000a\u001b[31mb\u007f\u009b", "\uFFFDa\uFFFD[31mb\uFFFD\uFFFD"],
    ["halves of pairs", "\ud800 \udc00 🐢", "\uFFFD \uFFFD 🐢"],
    ["marks of direction", "\u202eab\u202c\u2066\u200f", "\uFFFDab\uFFFD\uFFFD\uFFFD"],
    ["noncharacters", "\uffff\ufdd0", "\uFFFD\uFFFD"],
    ["line ends", "a\r\nb\rc\u2028d\ne\tf", "a\nb\nc\nd\ne\tf"],
    ["ordinary text", "Δ ± – 漢字 é", "Δ ± – 漢字 é"],
  ])("has %s seen or made one", (_, text, seen) => {
    expect(visible(text)).toBe(seen);
  });

  test("on one line has single spaces", () => {
    expect(visibleLine("  two\n\n lines\t ")).toBe("two lines");
  });
});

describe("text in lines", () => {
  test("is broken between words, and within words that are too long", () => {
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapped("a 1234567890 b", 4)).toEqual(["a", "1234", "5678", "90 b"]);
  });

  test("keeps to its width and loses no letter, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const lines = wrapped(text, width);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
        const letters = (from: string) => from.replaceAll(/\s+/g, "");
        expect(letters(lines.join(""))).toBe(letters(visibleLine(text)));
      }),
    );
  });
});

test("shortened text ends in an ellipsis only where something is missing", () => {
  expect(shortened("just right", 10)).toBe("just right");
  expect(shortened("one too many", 11)).toBe("one too ma…");
});

test("a label is shortened to its first sentence", () => {
  expect(shortLabel(MADE_UP_LABEL)).toBe("EMULATED HARDWARE: L0 runs on a computer that QEMU emulates.");
  expect(shortLabel("NO SENTENCE at all")).toBe("NO SENTENCE at all");
  expect([...shortLabel("x".repeat(500))]).toHaveLength(140);
});
