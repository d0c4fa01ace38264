import { describe, expect, test } from "vitest";
import type { Problem } from "../../../../src/core/base/problem.ts";
import { parseStudy, studyData, studyDocument, studyFromData } from "../../../../src/core/study/study.ts";
import { workloads } from "../../../../src/workloads/index.ts";
import { madeUpPlatform } from "../../made-up/platform.ts";

const TARGETS = `targets:
  userland: installed
  accept: [kernel]
  levels:
    - { host: lpar1, architecture: s390x, hypervisors: [] }
    - { host: root@linux1, architecture: s390x, hypervisors: [z/VM], rights: sudo }
    - { host: linux2, architecture: s390x, hypervisors: [z/VM, z/VM], folder: /srv/dvirt, scratch: /dev/dasdb1 }
`;
const SIZES = "{ cpus: 4, memory: 8GiB }, { cpus: 2, memory: 4GiB }, { cpus: 2, memory: 4GiB }";

function text({
  platform = "ssh",
  resources = `{ policy: stated, sizes: [${SIZES}] }`,
  more = TARGETS,
} = {}): string {
  return `study: mine
title: Mine
platform: ${platform}
levels: 2
repetitions: { boots: 3 }
resources: ${resources}
scratch: { size: 1GiB }
${more}workloads:
  - { name: cpu, threads: cpus }
`;
}

const SSH = madeUpPlatform("ssh", { machines: { kind: "given", guests: "stay up" } });

const read = (source: string) =>
  parseStudy(source, "mine.yaml", { workloads, platforms: [madeUpPlatform("x86_64-kvm"), SSH] });

function problems(source: string): readonly Problem[] {
  const result = read(source);
  return result.ok ? [] : result.problems;
}

describe("a study of machines that are there already", () => {
  test("names its targets, and comes back from the store and from its own file", () => {
    const result = read(text());
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.value.targets).toEqual({
      userland: "installed",
      accept: ["kernel"],
      levels: [
        { host: "lpar1", architecture: "s390x", hypervisors: [], rights: "login", folder: "/var/tmp/dvirt" },
        {
          host: "root@linux1",
          architecture: "s390x",
          hypervisors: ["z/VM"],
          rights: "sudo",
          folder: "/var/tmp/dvirt",
        },
        {
          host: "linux2",
          architecture: "s390x",
          hypervisors: ["z/VM", "z/VM"],
          rights: "login",
          folder: "/srv/dvirt",
          scratch: "/dev/dasdb1",
        },
      ],
    });
    const data = studyData(result.value);
    expect(studyData(studyFromData(data, workloads) ?? result.value)).toEqual(data);
    const again = read(JSON.stringify(studyDocument(data)));
    expect(again.ok && studyData(again.value)).toEqual(data);
  });

  test("has each workload's size from what it states of that level", () => {
    const result = read(text());
    const cpu = result.ok ? result.value.workloads[0] : undefined;
    expect(cpu?.levels.at(-1)?.values["threads"]).toBe(2);
  });

  const bad: readonly (readonly [string, Parameters<typeof text>[0], string, string])[] = [
    ["no targets", { more: "" }, "no-targets", "mine.yaml:3"],
    ["targets that nobody reaches", { platform: "x86_64-kvm" }, "targets-not-used", "mine.yaml:9"],
    [
      "fewer targets than levels",
      {
        more: "targets: { levels: [{ host: a, architecture: x86_64 }, { host: b, architecture: x86_64 }] }\n",
      },
      "too-few-targets",
      "mine.yaml:8",
    ],
    [
      "sizes that are given out",
      { resources: "{ guest: { cpus: 1, memory: 1GiB }, reserve: { cpus: 1, memory: 1GiB } }" },
      "sizes-not-stated",
      "mine.yaml:6",
    ],
    [
      "fewer sizes than levels",
      { resources: "{ policy: stated, sizes: [{ cpus: 1, memory: 1GiB }] }" },
      "sizes-not-stated",
      "mine.yaml:6",
    ],
    [
      "a level that is no deeper",
      { more: TARGETS.replace("[z/VM, z/VM]", "[z/VM]") },
      "wrong-depth",
      "mine.yaml:14",
    ],
    ["settings", { more: `${TARGETS}settings: { thp: never }\n` }, "setting-not-there", "mine.yaml:15"],
    [
      "an option in place of a host",
      { more: TARGETS.replace("host: lpar1", "host: -oProxyCommand=x") },
      "bad-value",
      "mine.yaml:12",
    ],
    [
      "a scratch device that is no path",
      { more: TARGETS.replace("/dev/dasdb1", "'/dev/a b'") },
      "bad-value",
      "mine.yaml:14",
    ],
    [
      "a fact that cannot be accepted",
      { more: TARGETS.replace("[kernel]", "[image]") },
      "bad-value",
      "mine.yaml:10",
    ],
  ];
  test.each(bad)("is refused with %s", (_what, given, code, at) => {
    expect(problems(text(given))).toEqual([expect.objectContaining({ code, at })]);
  });
});
