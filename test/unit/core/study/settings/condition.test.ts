import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { conditionsOf, designAt, firstLevelOf } from "../../../../../src/core/study/settings/condition.ts";
import { settings } from "../../../../../src/core/study/settings/index.ts";
import { USUAL_DESIGN } from "../../../../../src/core/study/settings/setting.ts";

const NOTHING = { settings: {}, factors: {}, levels: 2 };

describe("conditions", () => {
  test("are all combinations, the first of the first values, named by their values", () => {
    const found = conditionsOf({ factors: { thp: ["always", "never"], "L1.mitigations": ["on", "off"] } });
    expect(found.map(({ index, name }) => [index, name])).toEqual([
      [1, "thp always, L1.mitigations on"],
      [2, "thp always, L1.mitigations off"],
      [3, "thp never, L1.mitigations on"],
      [4, "thp never, L1.mitigations off"],
    ]);
  });

  test("are none without factors", () => {
    expect(conditionsOf({ factors: {} })).toEqual([]);
  });
});

describe("a machine's design", () => {
  test("is the usual one where a study says nothing", () => {
    for (const level of [0, 1, 2]) expect(designAt(NOTHING, level, undefined)).toEqual(USUAL_DESIGN);
  });

  test("follows the more specific key", () => {
    const study = { ...NOTHING, settings: { disk: "ide", "L2.disk": "virtio" } };
    expect([1, 2].map((level) => designAt(study, level, undefined).disk)).toEqual(["ide", "virtio"]);
  });

  test("has what a hypervisor gives from L1 on only", () => {
    const study = {
      ...NOTHING,
      settings: { disk: "ide", nic: "e1000", cpuModel: "qemu64", hugepages: "2M" },
    };
    expect(designAt(study, 0, undefined)).toEqual(USUAL_DESIGN);
  });

  test("takes a factor's value before a setting's, and the first condition where none is named", () => {
    const study = { ...NOTHING, settings: { nic: "virtio" }, factors: { nic: ["none", "e1000"] } };
    expect(designAt(study, 1, 2).nic).toBe("e1000");
    expect(designAt(study, 1, 1).nic).toBe("none");
    expect(designAt(study, 1, undefined).nic).toBe("none");
  });

  test("keeps virtualization in a made-up processor only where the guest must host another", () => {
    const study = { ...NOTHING, settings: { cpuModel: "qemu64" } };
    expect(designAt(study, 1, undefined).cpuModel).toBe("qemu64,+svm,+npt,+nrip-save,+vmx");
    expect(designAt(study, 2, undefined).cpuModel).toBe("qemu64");
  });

  test("gathers what several settings add", () => {
    const study = { ...NOTHING, settings: { mitigations: "off", thp: "never", clocksource: "tsc" } };
    const design = designAt(study, 1, undefined);
    expect(design.kernelArguments).toEqual(["mitigations=off"]);
    expect(design.onMachine).toHaveLength(3);
  });

  test("reloads KVM without nested paging only on machines that host", () => {
    const study = { ...NOTHING, settings: { nestedPaging: "off" } };
    expect([0, 1, 2].map((level) => designAt(study, level, undefined).onMachine.length)).toEqual([1, 1, 0]);
  });
});

describe("the registry", () => {
  test("names each setting once, with what is usual among its values", () => {
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
    for (const { name, values, usual } of settings) {
      if (name !== "cache") expect(values, name).toContain(usual);
    }
  });

  test("says from which level a key changes anything", () => {
    expect(["thp", "disk", "L2.thp", "L1.disk"].map(firstLevelOf)).toEqual([0, 1, 2, 1]);
  });

  test("stands in docs/what-if.md, setting by setting", () => {
    const text = readFileSync(new URL("../../../../../docs/what-if.md", import.meta.url), "utf8");
    const rows = settings.map(
      ({ name, values, usual, fromLevel, about }) =>
        `| \`${name}\` | ${values.map((value) => `\`${value}\``).join(", ")} | \`${usual}\` | L${fromLevel} | ${about} |`,
    );
    expect(
      rows.filter((row) => !text.includes(row)),
      "rows that the document lacks",
    ).toEqual([]);
  });
});
