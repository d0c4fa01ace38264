import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makeLevelGroup, removeLevelGroup } from "../../src/adapters/level-group.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";

const MIB = 2 ** 20;
const CONFINES = { cpus: [0], memoryNodes: [0], memoryBytes: 256 * MIB };
const signal = AbortSignal.timeout(120_000);

describe("a host that cannot confine L0 says why, and is left as it was", () => {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-group-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("for want of cgroup v2", async () => {
    expect(await makeLevelGroup(CONFINES, `${folder}/none/dvirt`)).toEqual({
      kind: "none",
      why: `this host has no cgroup v2 at ${folder}/none`,
    });
    expect(existsSync(`${folder}/none`)).toBe(false);
  });

  test("for want of a controller, which is the host's to hand down", async () => {
    const above = join(folder, "some");
    mkdirSync(above);
    writeFileSync(`${above}/cgroup.subtree_control`, "cpu io memory\n");
    expect(await makeLevelGroup(CONFINES, `${above}/dvirt`)).toEqual({
      kind: "none",
      why: `cpuset not in ${above}/cgroup.subtree_control, which is the host's to change`,
    });
    expect(existsSync(`${above}/dvirt`)).toBe(false);
    expect(readFileSync(`${above}/cgroup.subtree_control`, "utf8")).toBe("cpu io memory\n");
  });
});

const GROUP = "/sys/fs/cgroup/dvirt-test";

test("a host that can holds L0 in the group, ends what is left there, and keeps nothing of it", async ({
  skip,
}) => {
  const made = await makeLevelGroup(CONFINES, GROUP);
  if (made.kind === "none") {
    const said = `L0's confinement cannot be tried on this host: ${made.why}; npm run test:slow tries it in an emulated computer`;
    console.error(said);
    return skip(said);
  }
  const run = (script: string) =>
    localMachine().run({ argv: [...made.enter, "sh", "-c", script], timeoutSeconds: 60 }, signal);
  try {
    const inside = await run("cat /proc/self/cgroup; nproc");
    expect(inside.stdout).toMatch(/^0::.*\/dvirt-test\/rest\n1\n$/);
    const greedy = await run(`head -c ${300 * MIB} /dev/zero | tail -c ${300 * MIB} | wc -c`);
    expect(greedy.stdout.trim()).not.toBe(String(300 * MIB));
    // What a dvirt that was killed left running.
    await run("sleep 600 >/dev/null 2>&1 & true");
    expect(readFileSync(`${GROUP}/rest/cgroup.procs`, "utf8")).not.toBe("");
  } finally {
    await removeLevelGroup(GROUP);
  }
  expect(existsSync(GROUP)).toBe(false);
  expect(execFileSync("sh", ["-c", "pgrep -fx 'sleep 600' || true"], { encoding: "utf8" })).toBe("");
});
