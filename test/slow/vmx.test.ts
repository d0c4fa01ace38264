import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { localMachine } from "../../src/adapters/machine/local.ts";

// Intel VMX without an Intel machine: L0, L1 and L2 on Bochs, by the program itself, which holds the lab as it runs.

let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "dvirt-vmx-"));
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

const reportFile = z.object({
  hardware: z.string(),
  timing: z.string(),
  label: z.string(),
  trials: z.array(
    z.object({
      trial: z.object({ workload: z.string(), level: z.number() }),
      reading: z.object({ more: z.record(z.string(), z.number()) }),
      kvm: z.array(z.object({ level: z.number(), counts: z.record(z.string(), z.number()) })),
    }),
  ),
});

it("measures an exit and a prime search at L0, L1 and L2 of a Lynnfield, where one exit becomes many", async () => {
  const argv = ["./dvirt", "run", "lynnfield", "--workloads", "exit-cost,cpu", "--seed", "1", "--yes"];
  const run = await localMachine().run(
    { argv: [...argv, "--store", join(work, "store.sqlite"), "--out", work], timeoutSeconds: 2300 },
    AbortSignal.timeout(2_350_000),
  );
  expect(run.end, run.stderr).toEqual({ kind: "exited", code: 0 });
  const id = /run (\S+)/.exec(run.stdout)?.[1] ?? "";
  const report = reportFile.parse(JSON.parse(readFileSync(join(work, id, "report.json"), "utf8")));
  expect(report).toMatchObject({ hardware: "emulated", timing: "counted" });
  expect(run.stdout).toContain("EMULATED HARDWARE, COUNTED TIME");

  // In ticks, which are instructions: a handful for CPUID itself, a thousand to KVM and back, tens of thousands to
  // the guest hypervisor and back.
  const ticks = [0, 1, 2].map((level) => {
    const { more } = trialsOf(report, "exit-cost", level)[0]?.reading ?? { more: {} };
    return (more["eventMedianTicks"] ?? Number.NaN) - (more["loopTicks"] ?? Number.NaN);
  });
  expect(ticks[0]).toBeGreaterThan(1);
  expect(ticks[0]).toBeLessThan(50);
  expect(ticks[1]).toBeGreaterThan(200);
  expect(ticks[1]).toBeLessThan(5000);
  expect(ticks[2]).toBeGreaterThan(10_000);
  expect(ticks[2]).toBeLessThan(300_000);

  const [exits] = trialsOf(report, "exit-cost", 2).map(({ kvm }) =>
    [0, 1].map((host) => kvm.find(({ level }) => level === host)?.counts["exits"] ?? Number.NaN),
  );
  expect((exits?.[0] ?? Number.NaN) / (exits?.[1] ?? Number.NaN)).toBeGreaterThan(5);
  for (const level of [0, 1, 2]) expect(trialsOf(report, "cpu", level)).toHaveLength(2);
});

function trialsOf({ trials }: z.infer<typeof reportFile>, workload: string, level: number) {
  return trials.filter(({ trial }) => trial.workload === workload && trial.level === level);
}
