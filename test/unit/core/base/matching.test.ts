import { expect, test } from "vitest";
import { matching } from "../../../../src/core/base/matching.ts";

test("a thing matches by every member that is wanted, an absent one by undefined", () => {
  const things: readonly { readonly name: string; readonly level?: number }[] = [
    { name: "cpu" },
    { name: "cpu", level: 1 },
    { name: "oltp", level: 1 },
  ];
  expect(things.filter(matching({ name: "cpu" }))).toEqual(things.slice(0, 2));
  expect(things.filter(matching({ name: "cpu", level: 1 }))).toEqual([things[1]]);
  expect(things.filter(matching({ name: "cpu", level: undefined }))).toEqual([things[0]]);
});
