import { afterAll, beforeAll, expect, it } from "vitest";
import { connectOpenSsh, type SshTarget } from "../../src/adapters/machine/openssh.ts";
import type { Result } from "../../src/core/problem.ts";
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

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); // the test's own limit ends this
}
