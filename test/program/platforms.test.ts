import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Place, placeForTest } from "../lab/place.ts";
import { dvirt, HOME, succeed } from "./built-program.ts";

describe("a study on another platform than its own", () => {
  test("goes as deep as that does, and says why no deeper", async () => {
    const place = await placeForTest();
    const plan = await succeed(place, "plan --platform s390x-qemu");
    expect(plan.stderr).toMatch(
      /^s390x-qemu has no L1: QEMU emulates no SIE, .*\. L0 is the deepest level measured\n$/,
    );
    expect(plan.stdout).toContain("platform s390x-qemu");
    expect(plan.stdout).toContain("qemu-system-s390x -accel tcg");
    expect(plan.stdout).toContain("b1-up-L0-oltp-1");
    expect(plan.stdout).not.toContain("-L1-");
  });

  test("has the machines of that one", async () => {
    const plan = await dvirt(await placeForTest(), "plan --platform aarch64-kvm --levels 1");
    expect(plan.stderr).toBe("");
    expect(plan.stdout).toContain("-M virt,gic-version=3,virtualization=on");
    expect(plan.stdout).toContain("qemu-system-aarch64 -accel kvm");
  });

  test("is refused where there is none of that name", async () => {
    const { code, stderr } = await dvirt(await placeForTest(), "plan --platform z80-xen");
    expect(code).toBe(2);
    expect(stderr).toContain('error[unknown-platform] --platform: platform "z80-xen" is not known');
  });
});

describe("what a platform cannot do is said before anything starts", () => {
  test.each([
    [
      ["quick-s390x", "--levels", "1"],
      "error[too-deep] quick-s390x: s390x-qemu has no L1: QEMU emulates no SIE",
    ],
    [["quick-aarch64", "--hardware", "real"], "error[not-on-real-hardware] quick-aarch64: "],
    [["mixed-chain", "--platform", "simulated"], "error[hypervisor-not-there] mixed-chain: "],
  ])("%j", async (argv, says) => {
    const { code, stderr } = await dvirt(await placeForTest(), ["plan", ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

test("a chain of unlike hypervisors is planned as it is named", async () => {
  const plan = await dvirt(await placeForTest(), "plan mixed-chain");
  const machines = plan.stdout.split("\n").filter((line) => line.includes("qemu-system-x86_64"));
  expect(machines.map((line) => / -accel (\w+)/.exec(line)?.[1])).toEqual(["tcg", "kvm", "tcg"]);
});

describe("a plan says what the machines are and about how long it takes", () => {
  /** Whole studies in the documentation, each in a block of YAML that begins with its name. */
  const documented = readdirSync(join(HOME, "docs"))
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) => {
      const text = readFileSync(join(HOME, "docs", name), "utf8");
      return [...text.matchAll(/^```yaml\n(study: [\s\S]*?)^```$/gm)].map(([, study = ""]) => ({
        name,
        study,
      }));
    });

  const needs = async (place: Place, ...argv: readonly string[]) => {
    // How many go on at a time is this host's matter.
    const plan = await dvirt(place, ["plan", ...argv, "--parallel", "1"]);
    expect(plan.code, plan.stderr).toBe(0);
    expect(plan.stdout).not.toMatch(/\b0 s\b/);
    const [, hardware = "", ...lines] = plan.stdout.split("\n");
    const cost = lines.find((line) => /^(about|at least|at most|less than) /.test(line)) ?? "";
    return { hardware, cost };
  };

  test("in the documentation there are some, on ssh and on zvm", () => {
    expect(documented.map(({ name }) => name)).toEqual(expect.arrayContaining(["ssh.md", "zvm.md"]));
  });

  test.each(documented)("of the study in docs/$name", async ({ study }) => {
    const place = await placeForTest();
    await place.write("study.yaml", study);
    const { hardware, cost } = await needs(place, "study.yaml");
    expect(hardware).toBe("hardware: what the machines are, as they say when it runs");
    expect(cost).toMatch(
      /^about (\d+ h|\d+ min) .* once every machine has what it needs, .* of disk on each$/,
    );
    const adaptive = await needs(place, "study.yaml", "--until", "2%", "--budget", "20h");
    expect(adaptive.cost).toMatch(/^at least (\d+ h|\d+ min) .* and at most (\d+ h) /);
    // The pilot is measured even where the budget is smaller.
    const pilot = await needs(place, "study.yaml", "--until", "2%", "--budget", "1min");
    expect(pilot.cost).toMatch(/^about (\d+ h|\d+ min) /);
  });

  test("of machines that are there, with the trials of OLTP as long as they are", async () => {
    const place = await placeForTest();
    await place.write("study.yaml", documented.find(({ name }) => name === "ssh.md")?.study ?? "");
    const plan = await dvirt(place, "plan study.yaml");
    const oltp = plan.stdout.split("\n").filter((line) => /-oltp-\d/.test(line));
    expect(oltp).toHaveLength(48);
    for (const line of oltp) expect(line).toMatch(/about (3\d|4\d) s$/);
    const [, minutes] = /^about (\d+) min/m.exec(plan.stdout) ?? [];
    expect(Number(minutes)).toBeGreaterThanOrEqual(48 / 2);
    expect(plan.stdout).not.toMatch(/image|emulated|boot/i);
  });

  const shipped = readdirSync(join(HOME, "studies")).map((name) => name.replace(/\.yaml$/, ""));
  test.each(shipped)("of the shipped study %s", async (name) => {
    const { hardware, cost } = await needs(await placeForTest(), name);
    expect(hardware).toMatch(
      /^hardware: (emulated|decided by trying when it runs; shown here for emulated)$/,
    );
    expect(cost).toMatch(/^about (\d+ h|\d+ min) .* once the image is there, /);
  });

  test("of no machines at all", async () => {
    const place = await placeForTest();
    const { hardware, cost } = await needs(place, "quick", "--platform", "simulated");
    expect(hardware).toBe("hardware: none; figures are drawn from known truth, and no machine is started");
    expect(cost).toMatch(/^(less than|about) 1 s$/);
    const slow = await dvirt(place, "plan quick --platform simulated", {
      DVIRT_SIMULATED_SECONDS: "1",
    });
    expect(slow.stdout).toMatch(/^about [5-9] min/m);
  });
});

describe("plan and run refuse the same studies with the same words, and neither needs a host for it", () => {
  const text = (platform: string, guest: string, more = "") => `study: mine
title: Mine
platform: ${platform}
levels: 1
repetitions: { boots: 2 }
resources: { guest: { cpus: 1, memory: ${guest} }, reserve: { cpus: 1, memory: 512MiB }${more} }
scratch: { size: 64MiB }
workloads: [{ name: cpu, threads: 1 }]
`;

  test.each([
    [
      "a guest of 64 MiB",
      text("x86_64-kvm", "64MiB"),
      "error[guest-too-small] mine: a guest of 64 MiB cannot boot and run the workloads\n  try: resources.guest.memory of at least 384 MiB\n",
    ],
    [
      "pinned CPUs on a mainframe of Hercules",
      text("s390x-hercules", "768MiB", ", pin: true"),
      "error[pinning-not-there] mine: s390x-hercules pins no processors\n  try: resources without pin\n",
    ],
  ])("%s", async (_what, study, says) => {
    const place = await placeForTest();
    await place.write("study.yaml", study);
    // Without a PATH there is no QEMU, no Hercules and no ssh to be found.
    const bare = { PATH: place.folder };
    const plan = await dvirt(place, "plan study.yaml", bare);
    expect(plan).toMatchObject({ code: 2, stdout: "", stderr: says });
    const run = await dvirt(place, "run study.yaml", bare);
    expect(run).toMatchObject({ code: 2, stdout: "", stderr: says });
    expect(await place.files()).toEqual(["study.yaml"]);
  });

  test("an option that takes a study to a platform of targets", async () => {
    const { code, stderr } = await dvirt(await placeForTest(), "plan --platform ssh");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "error[no-targets] quick: platform ssh measures machines that are there already",
    );
  });
});
