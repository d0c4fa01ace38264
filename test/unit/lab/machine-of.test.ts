import { expect, test } from "vitest";
import type { MachineRecord } from "../../../src/lab/ports.ts";
import { machineOf } from "../../../src/lab/run.ts";
import { madeUpObservation } from "../made-up/observation.ts";
import { madeUpTrial } from "../made-up/trial.ts";

const machine = (level: number, bringUp: number, time: string): MachineRecord => ({
  boot: 1,
  bringUp,
  level,
  driver: "qemu-kvm",
  argv: ["qemu"],
  launchedAt: `2026-01-02T${time}.000Z`,
  readySeconds: 1,
  sinceLaunchSeconds: 1,
  settleSeconds: 1,
  facts: "",
  snapshot: { text: "", fromSeconds: 0, toSeconds: 0 },
});

test("a trial ran on the last machine of its level and bring-up that was launched before it", () => {
  const [lost, replacement, later] = ["03:00:00", "03:02:00", "03:06:00"].map((time) => machine(1, 2, time));
  const others = [machine(0, 2, "03:03:00"), machine(1, 1, "03:03:00")];
  const machines = [lost, replacement, ...others, later].flatMap((one) => one ?? []);
  const at = (startedAt: string) =>
    machineOf(madeUpObservation({ trial: madeUpTrial({ level: 1 }), bringUp: 2, startedAt }), machines);
  expect(at("2026-01-02T03:04:05.000Z")).toBe(replacement);
  expect(at("2026-01-02T03:01:00.000Z")).toBe(lost);
  expect(at("2026-01-02T02:00:00.000Z")).toBeUndefined();
});
