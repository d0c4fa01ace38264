import { describe, expect, test } from "vitest";
import { toolProblems } from "../../../../src/core/machine/tools.ts";
import { madeUpStudy, workload } from "../../made-up/study.ts";

const study = madeUpStudy({ workloads: [workload("cpu", { threads: 1 }), workload("oltp", { threads: 1 })] });
const SERVER = "mariadbd 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)";
const of = (sysbench: string) => toolProblems("L1 (guest)", study, `${sysbench}\n${SERVER}\n`);

describe("tools that are installed on a target", () => {
  test.each(["sysbench 1.0.20", "sysbench 1.0.20-ebf1c90da6", "sysbench 1.1.0-bbee5d5", "sysbench 1.0"])(
    "%s is understood",
    (line) => {
      expect(of(line)).toEqual([]);
    },
  );

  test.each([
    ["sysbench 0.4.12:  multi-threaded system evaluation benchmark", "0.4.12"],
    ["sysbench 0.5:  multi-threaded system evaluation benchmark", "0.5"],
    ["sysbench 1.10.0", "1.10.0"],
  ])("%s is refused before anything is measured, by its version", (line, version) => {
    expect(of(line)).toEqual([
      {
        code: "tool-not-understood",
        at: "L1 (guest)",
        what: `sysbench is ${version} there, and the output of 1.0 and 1.1 is read`,
        hint: expect.stringContaining("install sysbench 1.0"),
      },
    ]);
  });

  test("that are not there are named, with what installs them on either family of systems", () => {
    expect(toolProblems("L1 (guest)", study, "sysbench 1.0.20")).toMatchObject([
      {
        code: "tool-missing",
        what: expect.stringContaining("mariadbd"),
        hint: expect.stringMatching(/apt-get.*dnf/),
      },
    ]);
  });
});
