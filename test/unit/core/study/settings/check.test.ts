import { describe, expect, test } from "vitest";
import {
  parseStudy,
  type Study,
  studyData,
  studyDocument,
  studyFromData,
} from "../../../../../src/core/study/study.ts";
import { workloads } from "../../../../../src/workloads/index.ts";
import { madeUpPlatform } from "../../../made-up/platform.ts";

const HEAD = `study: asked
title: Asked
platform: simulated
levels: 2
repetitions: { boots: 3 }
resources: { policy: reserved, guest: { cpus: 1, memory: 768MiB }, reserve: { cpus: 1, memory: 768MiB } }
scratch: { size: 64MiB }
workloads: [{ name: cpu, threads: 1 }]
`;

const parse = (more: string) =>
  parseStudy(`${HEAD}${more}`, "asked.yaml", { workloads, platforms: [madeUpPlatform("simulated")] });

function problemsOf(more: string): readonly (readonly [string, string | undefined, string])[] {
  const parsed = parse(more);
  if (parsed.ok) throw new Error("nothing was wrong");
  return parsed.problems.map(({ code, at, what }) => [code, at, what]);
}

function studyOf(more: string): Study {
  const parsed = parse(more);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

test("on, off and 2M are words in a study, quoted or not", () => {
  const study = studyOf(`settings: { L1.mitigations: off, "L2.mitigations": "on" }
factors: { mitigations: [on, off], hugepages: [off, 2M] }
`);
  expect(study.settings).toEqual({ "L1.mitigations": "off", "L2.mitigations": "on" });
  expect(study.factors).toEqual({ mitigations: ["on", "off"], hugepages: ["off", "2M"] });
});

test("a study comes back from what is stored and written of it", () => {
  const study = studyOf("settings: { disk: ide }\nfactors: { thp: [always, never] }\n");
  expect(studyFromData(studyData(study), workloads)).toMatchObject({
    settings: { disk: "ide" },
    factors: { thp: ["always", "never"] },
  });
  expect(studyDocument(studyData(study))).toMatchObject({
    settings: { disk: "ide" },
    factors: { thp: ["always", "never"] },
  });
  expect(studyDocument(studyData(studyOf("")))).not.toHaveProperty("factors");
});

describe("names its line where", () => {
  const cases: readonly (readonly [name: string, text: string, code: string, line: number, what: string])[] =
    [
      [
        "a setting is not known",
        "settings:\n  disc: ide\n",
        "unknown-setting",
        10,
        'setting "disc" is not known',
      ],
      [
        "a factor is not known",
        "factors:\n  L1.disc: [a, b]\n",
        "unknown-setting",
        10,
        'setting "disc" is not known',
      ],
      [
        "a value is not known",
        "settings:\n  disk: scsi\n",
        "unknown-setting-value",
        10,
        'disk cannot be "scsi"',
      ],
      [
        "a factor's value is not known",
        "factors:\n  thp:\n    - always\n    - sometimes\n",
        "unknown-setting-value",
        12,
        'thp cannot be "sometimes"',
      ],
      [
        "a level is beyond the study",
        "settings:\n  thp: never\n  L3.thp: never\n",
        "setting-beyond-levels",
        11,
        "L3.thp is for L3, and the study's deepest level is L2",
      ],
      [
        "a level has no hypervisor below it",
        "settings: { L0.disk: ide }\n",
        "setting-not-there",
        9,
        "disk is what a hypervisor gives its guest, and L0 has none below it",
      ],
      [
        "a factor has one value",
        "factors: { thp: [never] }\n",
        "bad-factor",
        9,
        "factor thp has one value, so there is nothing to compare",
      ],
      [
        "a factor names a value twice",
        "factors: { thp: [never, never] }\n",
        "bad-factor",
        9,
        "factor thp names a value twice",
      ],
      [
        "the factors combine to too many conditions",
        "factors:\n  thp: [always, madvise, never]\n  cpuModel: [host, qemu64, kvm64]\n  nic: [none, virtio, e1000]\n  disk: [virtio, ide]\n",
        "too-many-conditions",
        10,
        "the factors combine to 54 conditions, each of which every boot brings up afresh; 32 are the most",
      ],
      [
        "a value is no text",
        "settings: { thp: true }\n",
        "bad-value",
        9,
        "settings.thp: text is needed (found true)",
      ],
    ];

  test.each(cases)("%s", (_, text, code, line, what) => {
    expect(problemsOf(text)).toEqual([[code, `asked.yaml:${line}`, what]]);
  });
});
