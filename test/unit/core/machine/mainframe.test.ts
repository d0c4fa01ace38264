import { describe, expect, test } from "vitest";
import { parseFacts } from "../../../../src/core/machine/facts.ts";
import { kvmWork } from "../../../../src/core/machine/kvm-work.ts";
import { kvmCounters } from "../../../../src/core/machine/snapshot.ts";
import type { GuardInput } from "../../../../src/core/trial/guards/guard.ts";
import { guardResults } from "../../../../src/core/trial/guards/index.ts";
import { fixture } from "../../fixture.ts";
import { evidenceOf, machineAt, snapshotText, soundInput } from "../../made-up/guard-input.ts";
import { madeUpObservation } from "../../made-up/observation.ts";
import { madeUpTrial } from "../../made-up/trial.ts";

// Linux in the partition of Hercules' mainframe (L0), and a guest of KVM on it (L1).

const L0 = `== cpuinfo
features\t: esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs sie 
== sysinfo
${fixture("sysinfo/hercules.txt")}
== kvm
module=kvm
nested=0
device=/dev/kvm
`;

const L1 = `== cpuinfo
features\t: esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs 
== sysinfo
${fixture("sysinfo/kvm-under-hercules.txt")}
== kvm
`;

/** Each way out of SIE, and those that QEMU had to deal with once more. */
const BEFORE = {
  exit_null: 900,
  exit_instruction: 300,
  exit_wait_state: 7,
  exit_userspace: 120,
  deliver_io: 5,
};
const AFTER = {
  exit_null: 1500,
  exit_instruction: 350,
  exit_wait_state: 7,
  exit_userspace: 130,
  deliver_io: 9,
};

const kvmEvidence = [evidenceOf(0, { kvm: BEFORE }, { kvm: AFTER }), evidenceOf(1)];

describe("a mainframe's facts", () => {
  test("say in which partition L0 is, that it can run guests, and that KVM is there", () => {
    expect(parseFacts(L0)).toMatchObject({
      hypervisor: "none (in partition HERCULES of a 2097 that Hercules emulates)",
      cpuFlags: ["sie"],
      kvm: { module: "kvm", nested: false },
    });
  });

  test("say that L1 is a guest of KVM that can run none itself", () => {
    expect(parseFacts(L1)).toMatchObject({
      hypervisor: "KVM/Linux in partition HERCULES of a 2097 that Hercules emulates",
      cpuFlags: [],
      kvm: undefined,
    });
  });
});

describe("KVM's counters on s390x", () => {
  test("have no total of their own: the exits are all ways out of SIE together", () => {
    expect(kvmCounters(snapshotText({ kvm: BEFORE })).get("exits")).toBe(1207);
    expect(kvmCounters(snapshotText({ kvm: { exit_null: 0, exit_userspace: 0 } })).get("exits")).toBe(0);
  });

  test("say by kind what a trial at L1 made L0 do", () => {
    expect(kvmWork(kvmEvidence, 1)).toEqual([
      { level: 0, counts: { exits: 650, exit_null: 600, exit_instruction: 50 } },
    ]);
  });
});

describe("the guards on a mainframe", () => {
  const AT_L1: GuardInput = {
    ...soundInput(),
    timing: "functional",
    machines: [machineAt(0, {}, L0), machineAt(1, {}, L1)],
    observation: madeUpObservation({ trial: madeUpTrial({ level: 1 }), evidence: kvmEvidence }),
  };
  const found = (input: GuardInput, guard: string) =>
    guardResults(input).find((finding) => finding.guard === guard);
  const observing = (evidence: typeof kvmEvidence): GuardInput => ({
    ...AT_L1,
    observation: { ...AT_L1.observation, evidence },
  });

  test("L1 is as deep as it is called: VM00 in its sysinfo, and exits that KVM counted", () => {
    expect(found(AT_L1, "depth")?.kind).toBe("fine");
  });

  test("a level whose chain is not as long as its number is doubted", () => {
    const shallow = { ...AT_L1, machines: [machineAt(0, {}, L0), machineAt(1, {}, L0)] };
    expect(found(shallow, "depth")).toMatchObject({ kind: "doubt", sentence: "L1 shows no hypervisor" });
  });

  test("an L1 for which KVM did nothing is doubted", () => {
    const idle = observing([evidenceOf(0, { kvm: AFTER }, { kvm: AFTER }), evidenceOf(1)]);
    expect(found(idle, "depth")).toMatchObject({
      kind: "doubt",
      sentence: "KVM at L0 counted no exit of a guest during the trial",
    });
  });

  test("how much time an emulated mainframe gives its guests is not judged", () => {
    const lossy = observing([evidenceOf(0), evidenceOf(1, {}, { steal: 100, idle: 500 })]);
    expect(found(lossy, "steal")?.kind).toBe("unknown");
    expect(found({ ...lossy, timing: "wall" }, "steal")?.kind).toBe("doubt");
  });
});
