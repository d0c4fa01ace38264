import { describe, expect, test } from "vitest";
import { limitProblems, type PlatformLimits } from "../../../src/core/platform-limits.ts";
import { madeUpStudy } from "../made-up/study.ts";

const LIMITS: PlatformLimits = { deepest: 1, bottom: "it says why", hardware: "emulated", settings: ["thp"] };
const SHALLOW = { platform: "made-up", levels: 1 } as const;

describe("a platform with limits", () => {
  test("has nothing against a study within them", () => {
    const within = madeUpStudy({ ...SHALLOW, settings: { "L1.thp": "never" }, factors: { thp: ["always"] } });
    expect(limitProblems(within, { limits: LIMITS })).toEqual([]);
  });

  test("says why there is nothing deeper", () => {
    expect(limitProblems(madeUpStudy({ platform: "made-up", levels: 2 }), { limits: LIMITS })).toEqual([
      {
        code: "too-deep",
        at: "made-up",
        what: "made-up has no L2: it says why",
        hint: "levels: 1, or --levels 1",
      },
    ]);
  });

  test("is no real hardware", () => {
    const real = madeUpStudy({ ...SHALLOW, hardware: "real" });
    expect(limitProblems(real, { limits: LIMITS }).map(({ code }) => code)).toEqual(["not-on-real-hardware"]);
    expect(limitProblems(madeUpStudy({ ...SHALLOW, hardware: "auto" }), { limits: LIMITS })).toEqual([]);
  });

  test("names each setting and factor that it cannot give", () => {
    const other = madeUpStudy({
      ...SHALLOW,
      settings: { disk: "ide" },
      factors: { "L1.nic": ["none", "e1000"] },
    });
    expect(limitProblems(other, { limits: LIMITS })).toMatchObject([
      { code: "setting-not-there", what: expect.stringContaining("the setting disk"), hint: "one of: thp" },
      { code: "setting-not-there", what: expect.stringContaining("the setting L1.nic") },
    ]);
  });
});

describe("a chain of hypervisors", () => {
  const chain = madeUpStudy({ hypervisors: ["kvm", "tcg"] });

  test("may name what the platform has", () => {
    expect(limitProblems(chain, { hypervisors: ["kvm", "tcg"] })).toEqual([]);
  });

  test.each([
    [[], "by kvm or tcg", "leave hypervisors out"],
    [["kvm"], "by tcg", "one of: kvm"],
  ] as const)("names nothing else where it has %j", (hypervisors, what, hint) => {
    expect(limitProblems(chain, { hypervisors })).toMatchObject([
      { code: "hypervisor-not-there", what: expect.stringContaining(what), hint },
    ]);
  });
});

test("a platform without limits does what any study asks", () => {
  expect(limitProblems(madeUpStudy({ hardware: "real", settings: { disk: "ide" } }), {})).toEqual([]);
});
