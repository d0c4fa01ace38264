import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { DOCTOR_SCRIPT } from "../../src/core/doctor/probe.ts";
import { FACTS_SCRIPT, sections } from "../../src/core/machine/facts.ts";
import { SNAPSHOT_SCRIPT } from "../../src/core/machine/snapshot.ts";
import { KVM_CHECK } from "../../src/platforms/qemu/kvm.ts";
import { fixture } from "./fixture.ts";
import { commandsOf, workload } from "./made-up/study.ts";

const oltp = commandsOf(workload("oltp", { threads: 1 }));
const scripts: readonly [string, string][] = [
  ["facts", FACTS_SCRIPT],
  ["snapshot", SNAPSHOT_SCRIPT],
  ["doctor", DOCTOR_SCRIPT],
  ["KVM check", KVM_CHECK],
  ["oltp's preparation", oltp.prepare[0]?.argv[2] ?? "("],
  ["oltp's cleanup", oltp.cleanup[0]?.argv[2] ?? "("],
];

test.each(scripts)("the script for %s is one that sh can parse", (_name, script) => {
  const checked = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
  expect(checked.stderr).toBe("");
  expect(checked.status).toBe(0);
});

test.each([
  ["facts", FACTS_SCRIPT, "facts/L0.txt"],
  ["facts", FACTS_SCRIPT, "facts/L2.txt"],
  ["snapshot", SNAPSHOT_SCRIPT, "snapshot-counted/L2-trial-L0-before.txt"],
  ["snapshot", SNAPSHOT_SCRIPT, "snapshot-counted/L2-trial-L2-after.txt"],
])("the script for %s prints the sections that were captured on a real stack", (_name, script, captured) => {
  const wanted = [...script.matchAll(/^section ([a-z-]+);/gm)].map(([, name]) => name);
  expect([...sections(fixture(captured)).keys()]).toEqual(wanted);
});
