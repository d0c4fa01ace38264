import { describe, expect, it } from "vitest";
import { endOfConsole } from "../../../src/platforms/steps/guest.ts";

const numbered = (count: number, word: string) =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}`);

describe("endOfConsole", () => {
  it("is the last 40 lines of a console", () => {
    expect(endOfConsole(numbered(60, "line").join("\n"))).toBe(numbered(60, "line").slice(20).join("\n"));
  });

  it("goes back to the line in which a kernel says why it ends, however long its trace is", () => {
    const text = ["booting", "Kernel panic - not syncing: sysrq triggered crash", ...numbered(90, "trace")];
    expect(endOfConsole(text.join("\n"))).toBe(text.slice(1).join("\n"));
  });

  it("is no shorter where the kernel says so late", () => {
    const text = [...numbered(60, "line"), "BUG: unable to handle page fault"];
    expect(endOfConsole(text.join("\n")).split("\n")).toHaveLength(40);
  });
});
