import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseFacts } from "../../src/core/machine/facts.ts";
import { kvmCounters } from "../../src/core/machine/snapshot.ts";
import { observationsOf, outcomesOf } from "../lab/kept.ts";
import { type WholeRun, wholeRun } from "./whole-run.ts";

// The shipped studies whose levels are run by unlike hypervisors, one boot each, through the built program.

const CHAINS = [
  // A computer that TCG emulates enters no guest of the processor's, so KVM below it counts exits and nothing nested.
  { study: "mixed-chain", drivers: ["qemu-tcg", "qemu-kvm", "qemu-tcg"], nested: false, below: /QEMU/ },
  {
    study: "kvm-xen",
    drivers: ["qemu-tcg", "qemu-kvm", "xen"],
    nested: true,
    below: /^Xen 4\.\d+.* \(a PVH guest\)$/,
  },
];

describe.each(CHAINS)("$study", ({ study, drivers, nested, below }) => {
  let made: WholeRun;

  beforeAll(async () => {
    made = await wholeRun(study, "--hardware", "emulated");
  });

  afterAll(() => made?.remove());

  test("every trial is measured, whoever runs its level", async () => {
    const { ended, store, id } = made;
    console.error(ended.stderr, ended.stdout);
    expect(ended.code).toBe(0);
    const machines = await store.machines(id);
    const last = drivers.map((_, level) => machines.findLast((one) => one.level === level));
    expect(last.map((one) => one?.driver)).toEqual(drivers);
    expect(parseFacts(last[2]?.facts ?? "").hypervisor).toMatch(below);
    const images = new Set(last.map((one) => parseFacts(one?.facts ?? "").imageId));
    expect(images.size).toBe(1);
  });

  test("KVM at L0 counted what this chain asks of it, and no guard doubts how deep L2 is", async () => {
    const { store, id } = made;
    const outcomes = await outcomesOf(store, id);
    const atL2 = (await observationsOf(store, id)).filter(({ trial }) => trial.level === 2);
    let measured = 0;
    for (const { trial, attempt, evidence } of atL2) {
      const outcome = outcomes.get(`${trial.id}#${attempt}`);
      if (outcome?.kind !== "measured") continue;
      measured += 1;
      const own = evidence.find(({ level }) => level === 0);
      const counted = (name: string) => {
        const [from, to] = [own?.before, own?.after].map(
          (text) => kvmCounters(text ?? "").get(name) ?? Number.NaN,
        );
        return (to ?? Number.NaN) - (from ?? Number.NaN);
      };
      expect(counted("exits"), trial.id).toBeGreaterThan(0);
      if (nested) expect(counted("nested_run"), trial.id).toBeGreaterThan(0);
      else expect(counted("nested_run"), trial.id).toBe(0);
      expect(outcome.doubts.map(({ guard }) => guard)).not.toContain("depth");
      expect(outcome.unknown).not.toContain("depth");
    }
    expect(measured).toBeGreaterThanOrEqual(2);
  });
});
