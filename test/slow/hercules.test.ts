import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { parseFacts, sections } from "../../src/core/machine/facts.ts";
import { kvmCounters } from "../../src/core/machine/snapshot.ts";
import { readSysinfo } from "../../src/core/machine/sysinfo.ts";
import type { MachineRecord } from "../../src/lab/ports.ts";
import { observationsOf, outcomesOf } from "../lab/kept.ts";
import { type WholeRun, wholeRun } from "./whole-run.ts";

// One boot of the shipped study on an emulated mainframe, through the built program: about five minutes.

let made: WholeRun;

beforeAll(async () => {
  made = await wholeRun("s390x-sie");
});

afterAll(() => made?.remove());

test("every workload is measured at L0 and L1, and no figure goes without its label", async () => {
  const { ended } = made;
  console.error(ended.stderr, ended.stdout);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain("FUNCTIONAL ONLY");
  for (const name of ["cpu", "threads", "memory-write", "memory-read", "oltp"]) {
    for (const level of ["L0", "L1"]) expect(ended.stderr).toMatch(new RegExp(`up\\s+${level}\\s+${name}`));
  }
});

async function machine(level: number): Promise<MachineRecord> {
  const found = (await made.store.machines(made.id)).findLast((one) => one.level === level);
  if (found === undefined) throw new Error(`the store has no machine at L${level}`);
  return found;
}

test("L0 is Linux in a partition of Hercules' mainframe, with SIE and KVM", async () => {
  const { facts, driver } = await machine(0);
  expect(driver).toBe("hercules");
  expect(parseFacts(facts)).toMatchObject({ architecture: "s390x", kvm: { module: "kvm", nested: false } });
  expect(parseFacts(facts).cpuFlags).toContain("sie");
  const sysinfo = readSysinfo(sections(facts).get("sysinfo") ?? "");
  expect(sysinfo).toMatchObject({ emulator: "Hercules", hypervisors: [], partition: { name: "HERCULES" } });
});

test("L1 is a guest of KVM on it: VM00 in /proc/sysinfo, the same image, no SIE of its own", async () => {
  const { facts } = await machine(1);
  const sysinfo = readSysinfo(sections(facts).get("sysinfo") ?? "");
  expect(sysinfo?.hypervisors).toMatchObject([{ kind: "KVM", guest: "KVMguest" }]);
  expect(parseFacts(facts).imageId).toBe(parseFacts((await machine(0)).facts).imageId);
  expect(parseFacts(facts).cpuFlags).not.toContain("sie");
});

test("KVM at L0 counted every way out of SIE while L1 was measured, and no guard doubts how deep L1 is", async () => {
  const observations = await observationsOf(made.store, made.id);
  const outcomes = await outcomesOf(made.store, made.id);
  const atL1 = observations.filter(({ trial }) => trial.level === 1);
  expect(atL1.length).toBeGreaterThanOrEqual(8);
  for (const { trial, attempt, evidence } of atL1) {
    const own = evidence.find(({ level }) => level === 0);
    const [from, to] = [own?.before, own?.after].map((text) => kvmCounters(text ?? ""));
    for (const counter of ["exits", "exit_instruction", "exit_null"]) {
      expect(to?.get(counter), `${counter} in ${trial.id}`).toBeGreaterThan(from?.get(counter) ?? 0);
    }
    const outcome = outcomes.get(`${trial.id}#${attempt}`);
    expect(outcome?.kind, trial.id).toBe("measured");
    if (outcome?.kind !== "measured") continue;
    expect(outcome.doubts.map(({ guard }) => guard)).not.toContain("depth");
    expect(outcome.unknown).not.toContain("depth");
  }
});

test("nothing is left of the mainframe", () => {
  expect(readdirSync(cacheFolder(process.env))).not.toContain("lab");
});
