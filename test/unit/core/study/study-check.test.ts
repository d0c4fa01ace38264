import { describe, expect, test } from "vitest";
import type { Abilities, PlatformLimits } from "../../../../src/core/study/abilities.ts";
import type { Study } from "../../../../src/core/study/study.ts";
import { checkedStudy } from "../../../../src/core/study/study-check.ts";
import { madeUpPlatform } from "../../made-up/platform.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const LIMITS: PlatformLimits = { deepest: 1, bottom: "it says why", settings: ["thp"] };
const found = (study: Study, abilities: Partial<Abilities> = {}) => {
  const checked = checkedStudy(study, madeUpPlatform("made-up", abilities));
  return checked.ok ? [] : checked.problems;
};
const SHALLOW = { platform: "made-up", levels: 1 } as const;

describe("a platform with limits", () => {
  test("has nothing against a study within them", () => {
    const within = madeUpStudy({
      ...SHALLOW,
      settings: { "L1.thp": "never" },
      factors: { thp: ["always", "never"] },
    });
    expect(found(within, { limits: LIMITS })).toEqual([]);
  });

  test("says why there is nothing deeper", () => {
    expect(found(madeUpStudy({ platform: "made-up", levels: 2 }), { limits: LIMITS })).toEqual([
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
    const machines = { kind: "made", hardware: "emulated", timing: "wall" } as const;
    expect(found(real, { machines }).map(({ code }) => code)).toEqual(["not-on-real-hardware"]);
    expect(found(madeUpStudy({ ...SHALLOW, hardware: "auto" }), { machines })).toEqual([]);
  });

  test("names each setting and factor that it cannot give", () => {
    const other = madeUpStudy({
      ...SHALLOW,
      settings: { disk: "ide" },
      factors: { "L1.nic": ["none", "e1000"] },
    });
    expect(found(other, { limits: LIMITS })).toMatchObject([
      { code: "setting-not-there", what: expect.stringContaining("the setting disk"), hint: "one of: thp" },
      { code: "setting-not-there", what: expect.stringContaining("the setting L1.nic") },
    ]);
  });
});

describe("a chain of hypervisors", () => {
  const chain = madeUpStudy({ hypervisors: ["kvm", "tcg"] });

  test("may name what the platform has", () => {
    expect(found(chain, { hypervisors: ["kvm", "tcg"] })).toEqual([]);
  });

  test.each([
    [[], "by kvm or tcg", "leave hypervisors out"],
    [["kvm"], "by tcg", "one of: kvm"],
  ] as const)("names nothing else where it has %j", (hypervisors, what, hint) => {
    expect(found(chain, { hypervisors })).toMatchObject([
      { code: "hypervisor-not-there", what: expect.stringContaining(what), hint },
    ]);
  });
});

test("a platform without limits does what any study asks", () => {
  expect(found(madeUpStudy({ hardware: "real", settings: { disk: "ide" } }))).toEqual([]);
});

test("a guest with too little memory is refused with the least that works, where there are machines", () => {
  const guest = { cpus: 1, memoryBytes: 256 * 2 ** 20 };
  const small = madeUpStudy({ resources: { policy: "reserved", guest, reserve: guest } });
  expect(found(small)).toEqual([
    {
      code: "guest-too-small",
      at: "made-up",
      what: "a guest of 256 MiB cannot boot and run the workloads",
      hint: "resources.guest.memory of at least 384 MiB",
    },
  ]);
  const host = { cpus: 1, memoryBytes: 2 ** 30 };
  const shared = madeUpStudy({
    resources: { policy: "over-committed", host, memoryShare: 0.5 },
  });
  expect(found(shared)).toMatchObject([
    {
      code: "guest-too-small",
      what: "a guest of 256 MiB cannot boot and run the workloads",
      hint: expect.stringContaining("memoryShare"),
    },
  ]);
  expect(found(small, { machines: { kind: "imagined", commandSeconds: 0 } })).toEqual([]);
});
