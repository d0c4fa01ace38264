import { afterAll, beforeAll, expect, it } from "vitest";
import { DVIRT_INSIDE, type ProjectComputer, projectComputer } from "./project-computer.ts";

// The path for machines with KVM, on a machine that has it: the emulated computer. Node, the built program
// and the image go in on the scratch disk; dvirt runs in there as it would on a server.

let computer: ProjectComputer;

beforeAll(async () => {
  computer = await projectComputer(AbortSignal.timeout(1_800_000));
});

afterAll(() => computer?.remove());

it("finds KVM on real hardware, brings L1 and L2 up there, and measures cpu and oltp at all three levels", async () => {
  const dvirt =
    `modprobe loop; mount -t ext4 /dev/vdb /mnt/extra && ${DVIRT_INSIDE} run quick --hardware real --boots 1 ` +
    "--workloads cpu,oltp --seed 1 --full --store /mnt/extra/store.sqlite --out /mnt/extra/results";
  const run = await computer.machine.run(
    { argv: ["sh", "-c", dvirt], timeoutSeconds: 2700 },
    AbortSignal.timeout(2_800_000),
  );
  console.error(run.stderr, run.stdout);
  expect(run.end).toEqual({ kind: "exited", code: 0 });
  expect(run.stderr).toContain("hardware: real (a tiny KVM guest booted)");
  expect(run.stdout).toContain("real hardware");
  for (const level of ["L0", "L1", "L2"]) {
    for (const name of ["cpu", "oltp"]) expect(run.stderr).toMatch(new RegExp(`down\\s+${level}\\s+${name}`));
  }
  // L0 of this "real" machine lives in a control group of its size, QEMU included, and the report says so.
  expect(run.stdout).not.toContain("not confined");
  const levels = await computer.machine.run(
    {
      argv: [
        "sh",
        "-c",
        `/mnt/extra/node -e 'const s = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).subject; console.log(JSON.stringify(s.levels.map((one) => one.confinement)))' /mnt/extra/results/*/report.json`,
      ],
      timeoutSeconds: 60,
    },
    AbortSignal.timeout(70_000),
  );
  const measured = { kind: "confined", cpus: 1, cpuList: "0", memoryBytes: 768 * 2 ** 20 };
  expect(JSON.parse(levels.stdout)).toEqual([measured, measured, measured]);
  // It says what it cannot know by itself: that this L0 is not the ground.
  expect(run.stdout).toContain("L0 is itself a guest");

  const left = await computer.machine.run(
    {
      argv: [
        "sh",
        "-c",
        "pgrep -c qemu; pgrep -c mariadbd; losetup -a | wc -l; ls /mnt/extra/cache/dvirt; ls -d /sys/fs/cgroup/dvirt 2>&1 | grep -c No",
      ],
      timeoutSeconds: 60,
    },
    AbortSignal.timeout(70_000),
  );
  expect(left.stdout.trim().split("\n")).toEqual(["0", "0", "0", "data-sets", "images", "1"]);
});
