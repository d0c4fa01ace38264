import { describe, expect, test } from "vitest";
import { parseFacts } from "../../../src/core/facts.ts";
import type { GuardInput } from "../../../src/core/guards/guard.ts";
import { guardFindings } from "../../../src/core/guards/index.ts";
import { kvmWork } from "../../../src/core/kvm-work.ts";
import { kvmCounters } from "../../../src/core/snapshot.ts";
import { fixture } from "../fixture.ts";
import { evidenceOf, machineAt, soundInput } from "../made-up/guard-input.ts";
import { madeUpObservation } from "../made-up/observation.ts";
import { madeUpTrial } from "../made-up/trial.ts";

// Texts of Linux in the partition of Hercules' mainframe (L0) and of a guest of KVM on it (L1).

const FACTS = [0, 1].map((level) => fixture(`mainframe/facts-L${level}.txt`));
const [before, after] = ["before", "after"].map((when) => fixture(`mainframe/L1-trial-L0-${when}.txt`));

describe("a mainframe's facts", () => {
  test("say in which partition L0 is, that it can run guests, and that KVM is there", () => {
    expect(parseFacts(FACTS[0] ?? "")).toMatchObject({
      architecture: "s390x",
      hypervisor: "none (in partition HERCULES of a 2097 that Hercules emulates)",
      cpuFlags: ["sie"],
      kvm: { module: "kvm", nested: false },
    });
  });

  test("say that L1 is a guest of KVM that can run none itself", () => {
    expect(parseFacts(FACTS[1] ?? "")).toMatchObject({
      hypervisor: "KVM/Linux in partition HERCULES of a 2097 that Hercules emulates",
      cpuFlags: [],
      kvm: undefined,
    });
  });
});

describe("KVM's counters on s390x", () => {
  test("have no total of their own: the exits are all ways out of SIE together", () => {
    const counters = kvmCounters(after ?? "");
    const ways = [...counters].filter(([name]) => name.startsWith("exit_") && name !== "exit_userspace");
    expect(ways.length).toBeGreaterThan(10);
    expect(counters.get("exits")).toBe(ways.reduce((sum, [, count]) => sum + count, 0));
    expect(counters.get("exits")).toBeGreaterThan(kvmCounters(before ?? "").get("exits") ?? 0);
  });

  test("say by kind what a trial at L1 made L0 do", () => {
    const work = kvmWork([{ level: 0, before: before ?? "", after: after ?? "" }], 1);
    expect(Object.keys(work[0]?.counts ?? {})).toEqual(
      expect.arrayContaining(["exits", "exit_null", "exit_instruction", "exit_external_interrupt"]),
    );
  });

  test("of a kernel that has run no guest are none", () => {
    expect(kvmCounters("== kvm-counters\nexit_null:0\nexit_userspace:0\n").get("exits")).toBe(0);
  });
});

describe("the guards on a mainframe", () => {
  const AT_L1: GuardInput = {
    ...soundInput(),
    timing: "functional",
    machines: [machineAt(0, {}, FACTS[0]), machineAt(1, {}, FACTS[1])],
    observation: madeUpObservation({
      trial: madeUpTrial({ level: 1 }),
      evidence: [{ ...evidenceOf(0), before: before ?? "", after: after ?? "" }, evidenceOf(1)],
    }),
  };
  const found = (input: GuardInput, guard: string) =>
    guardFindings(input).find((finding) => finding.guard === guard);

  test("L1 is as deep as it is called: VM00 in its sysinfo, and exits that KVM counted", () => {
    expect(found(AT_L1, "depth")?.kind).toBe("fine");
  });

  test("a level whose chain is not as long as its number is doubted", () => {
    const shallow = { ...AT_L1, machines: [machineAt(0, {}, FACTS[0]), machineAt(1, {}, FACTS[0])] };
    expect(found(shallow, "depth")).toMatchObject({ kind: "doubt", sentence: "L1 shows no hypervisor" });
  });

  test("an L1 for which KVM did nothing is doubted", () => {
    const idle = [{ ...evidenceOf(0), before: after ?? "", after: after ?? "" }, evidenceOf(1)];
    const still = { ...AT_L1, observation: { ...AT_L1.observation, evidence: idle } };
    expect(found(still, "depth")).toMatchObject({
      kind: "doubt",
      sentence: "KVM at L0 counted no exit of a guest during the trial",
    });
  });

  test("how much time an emulated mainframe gives its guests is not judged", () => {
    const evidence = [evidenceOf(0), evidenceOf(1, {}, { steal: 100, idle: 500 })];
    const lossy = { ...AT_L1, observation: { ...AT_L1.observation, evidence } };
    expect(found(lossy, "steal")?.kind).toBe("unknown");
    expect(found({ ...lossy, timing: "wall" }, "steal")?.kind).toBe("doubt");
  });
});
