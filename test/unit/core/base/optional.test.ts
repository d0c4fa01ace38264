import { expect, test } from "vitest";
import { optional } from "../../../../src/core/base/optional.ts";

test("what is undefined or null is left out, and nothing else", () => {
  const made = optional({ none: undefined, nil: null, zero: 0, blank: "", no: false });
  expect(made).toStrictEqual({ zero: 0, blank: "", no: false });
});
