import { describe, expect, it } from "vitest";
import type { Completed } from "../../src/core/base/command.ts";
import { CONFINED, confinementOf } from "../../src/core/machine/confinement.ts";
import type { Machine, MachineRecord, PlatformStep } from "../../src/lab/ports.ts";

/** The levels of a stack that is up, as a test asks for them. */
export interface UpStack {
  readonly levels: readonly number[];
  machine(level: number): Machine;
  step(level: number): PlatformStep;
  /** What was stored of each machine when it came up. */
  readonly ready: readonly Pick<MachineRecord, "level" | "facts">[];
}

const MIB = 2 ** 20;
const signal = AbortSignal.timeout(1_800_000);

const shell = (script: string) => ({ argv: ["sh", "-c", script], timeoutSeconds: 120 });

async function say(machine: Machine, script: string): Promise<string> {
  return (await machine.run(shell(script), signal)).stdout.trim();
}

/** Runs where a workload would. */
function confined(machine: Machine, script: string): Promise<Completed> {
  const command = shell(script);
  return machine.run({ ...command, argv: [...CONFINED, ...command.argv] }, signal);
}

/** Takes so much memory in two buffers, as the kernel refuses one that is larger than the machine; HAD if it could. */
const hog = (bytes: number) =>
  `dd if=/dev/zero bs=${bytes / 2} count=1 2>/dev/null | dd of=/dev/null bs=${bytes / 2} count=1 iflag=fullblock 2>&1`;
const HAD = "1+0 records in";

/** Every level is what the study says: asked of the machines themselves. */
export function resourcesAreAsSaid(stack: () => UpStack): void {
  describe("the resources of each level", () => {
    it("are a machine of the size that the policy gives it", async () => {
      for (const level of stack().levels) {
        const machine = stack().machine(level);
        const { cpus, memoryBytes } = stack().step(level).launch;
        expect(Number(await say(machine, "nproc")), `CPUs of L${level}`).toBe(cpus);
        const total =
          1024 * Number(await say(machine, "sed -n 's/^MemTotal: *//p' /proc/meminfo | cut -d' ' -f1"));
        expect(total, `memory of L${level}`).toBeLessThan(memoryBytes); // the kernel keeps some for itself
        expect(total, `memory of L${level}`).toBeGreaterThan(0.8 * memoryBytes);
      }
    });

    it("are the measured size for whatever runs in its control group", async () => {
      for (const level of stack().levels) {
        const machine = stack().machine(level);
        const { measured } = stack().step(level).launch;
        const inside = await confined(
          machine,
          "nproc; cat /proc/self/cgroup; cd /sys/fs/cgroup/dvirt/measured; cat cpuset.cpus.effective memory.max",
        );
        expect(inside.stdout.trim().split("\n"), `L${level}: ${inside.stderr}`).toEqual([
          String(measured.cpus),
          "0::/dvirt/measured",
          measured.cpus === 1 ? "0" : `0-${measured.cpus - 1}`,
          String(measured.memoryBytes),
        ]);
        const kept =
          stack()
            .ready.filter((one) => one.level === level)
            .at(-1)?.facts ?? "";
        expect(confinementOf(kept), `kept of L${level}`).toEqual({
          kind: "confined",
          cpus: measured.cpus,
          cpuList: measured.cpus === 1 ? "0" : `0-${measured.cpus - 1}`,
          memoryBytes: measured.memoryBytes,
        });
      }
    });
  });
}

/**
 * What is measured may not take more memory than its level's share, and nothing else suffers. As in a trial, nothing
 * runs above the level: its guest's memory is a host's own.
 */
export async function endsWhatTakesTooMuch(machine: Machine, step: PlatformStep): Promise<void> {
  const { memoryBytes } = step.launch.measured;
  const kills = "sed -n 's/^oom_kill //p' /proc/vmstat";
  const before = Number(await say(machine, kills));
  const modest = await confined(machine, hog(64 * MIB));
  expect(modest.stdout, `${machine.name}: ${modest.stderr}`).toContain(HAD);
  const greedy = await confined(machine, hog(memoryBytes));
  expect(greedy.end, `${machine.name}: ${greedy.stderr}`).toMatchObject({ kind: "exited" });
  expect(greedy.stdout, machine.name).not.toContain(HAD);
  expect(Number(await say(machine, kills)) - before, `kills at ${machine.name}`).toBeGreaterThan(0);
  expect(await say(machine, "echo sound")).toBe("sound");
}
