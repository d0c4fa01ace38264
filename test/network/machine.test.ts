import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { firstLine } from "../../src/adapters/execution.ts";
import { connectOpenSsh, type SshTarget } from "../../src/adapters/machine/openssh.ts";
import type { Result } from "../../src/core/base/problem.ts";
import { FACTS_SCRIPT, parseFacts } from "../../src/core/machine/facts.ts";
import { machineConformance } from "../conformance/machine.ts";
import { type Network, startNetwork } from "./network.ts";

const signal = AbortSignal.timeout(600_000);
let network: Network;
let machine: SshTarget;

function connect(): Promise<Result<SshTarget>> {
  const configFile = network.config("right");
  return connectOpenSsh({ name: "L1", host: "level1", rights: "login", configFile }, signal);
}

async function connected(): Promise<SshTarget> {
  const found = await connect();
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.value;
}

beforeAll(async () => {
  network = await startNetwork();
  machine = await connected();
});

afterAll(async () => {
  await machine?.dispose();
  await network?.stop();
});

machineConformance("a machine behind OpenSSH's client", "real", () => machine);

it("is lost when its connection is cut, with what was running on it ended over there", async () => {
  const other = await connected();
  const running = other.run({ argv: ["sleep", "4321"], timeoutSeconds: 600 }, signal);
  const child = await other.spawn(["sh", "-c", "sleep 4322 & sleep 4323"], signal);
  expect(child.ok).toBe(true);
  const sleeping = () => network.processes(1).filter((command) => /^sleep 432/.test(command)).length;
  await until(() => sleeping() === 3);
  network.cut(1);
  const { end } = await running;
  expect(end.kind).toBe("lost");
  expect(await other.lost).toMatch(/connection/);
  expect(await other.diagnose()).toContain("L1 (level1): the connection ended");
  await until(() => sleeping() === 0);
  expect((await other.run({ argv: ["true"], timeoutSeconds: 60 }, signal)).end.kind).toBe("lost");
  await other.dispose();
  machine = await connected();
});

it("ends what still runs on it when it is given back", async () => {
  const other = await connected();
  await other.spawn(["sleep", "4324"], signal);
  await until(() => network.processes(1).includes("sleep 4324"));
  await other.dispose();
  expect(network.processes(1)).not.toContain("sleep 4324");
});

it("says nothing of what the login's start-up files print, and counts CPUs without OMP_NUM_THREADS", async () => {
  const authorized = join(network.folder, "authorized");
  const key = readFileSync(authorized, "utf8");
  const login = 'export OMP_NUM_THREADS=1; echo Welcome; printf half; exec sh -c \\"$SSH_ORIGINAL_COMMAND\\"';
  writeFileSync(authorized, `command="${login}" ${key}`);
  try {
    const noisy = await connected();
    const said = await noisy.run({ argv: ["printf", "%s", "it's\nthis!"], timeoutSeconds: 60 }, signal);
    expect(said).toMatchObject({ stdout: "it's\nthis!", end: { kind: "exited", code: 0 } });
    const child = await noisy.spawn(["sh", "-c", "read -r line; echo locked $line"], signal);
    if (!child.ok) throw new Error("not started");
    child.value.stream.write("in\n");
    expect(await firstLine(child.value)).toBe("locked in");
    const facts = await noisy.run({ argv: ["sh", "-c", FACTS_SCRIPT], timeoutSeconds: 60 }, signal);
    expect(parseFacts(facts.stdout).cpus).toBe(availableParallelism());
    await noisy.dispose();
  } finally {
    writeFileSync(authorized, key);
  }
});

it("names the option by which no host key is ever kept", async () => {
  const configFile = join(network.folder, "nowhere.config");
  const right = readFileSync(network.config("right"), "utf8");
  writeFileSync(
    configFile,
    right.replace(/UserKnownHostsFile .*/, "UserKnownHostsFile /dev/null\n  LogLevel FATAL"),
  );
  const options = { name: "L1", host: "level1", rights: "login", configFile } as const;
  expect(await connectOpenSsh(options, signal)).toMatchObject({
    problems: [{ code: "host-key-unknown", what: expect.stringContaining("UserKnownHostsFile /dev/null") }],
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); // the test's own limit ends this
}
