import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import { afterEach, expect, test } from "vitest";
import { connectSsh, sessionKeys } from "../../../src/adapters/machine/ssh.ts";
import type { Machine } from "../../../src/lab/ports.ts";

// A guest's guest is reached by a connection inside another one's channel.

const never = new AbortController().signal;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

/** The port of an SSH server on loopback that answers each command so. */
async function serve(answer: (channel: ssh2.ServerChannel, command: string) => void): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [sessionKeys().privateKey] }, (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (attempt) => attempt.accept());
    connection.on("request", (_accept, reject) => reject?.());
    connection.on("session", (accept) => {
      accept().on("exec", (acceptCommand, _reject, { command }) => answer(acceptCommand(), command));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const address: unknown = server.address();
  if (typeof address === "object" && address !== null && "port" in address) return Number(address.port);
  throw new Error("the server has no port");
}

async function machineAt(name: string, stream: Duplex): Promise<Machine> {
  closers.push(() => stream.destroy());
  const machine = await connectSsh(
    {
      name,
      stream,
      privateKey: sessionKeys().privateKey,
      answerLimitSeconds: 20,
      silenceLimitSeconds: undefined,
      carrierEnded: once(stream, "close").then(() => ({ kind: "lost", what: "closed" })),
      stopCarrier: () => stream.destroy(),
      lastWords: async () => "",
    },
    never,
  );
  if (!machine.ok) throw new Error(machine.problems[0]?.what);
  return machine.value;
}

test("three levels, each reached through the one below, say what they were asked to", async () => {
  // The compiled part of ssh2 does not have the fault that this is about, and dvirt does not install it.
  expect(existsSync("node_modules/ssh2/lib/protocol/crypto/build")).toBe(false);
  let port = await serve((channel, command) => {
    channel.write(`heard ${command.length}`);
    channel.exit(0);
    channel.close();
  });
  for (let level = 1; level <= 2; level++) {
    const above = port;
    port = await serve((channel) => {
      const carried = connect(above, "127.0.0.1");
      closers.push(() => carried.destroy());
      channel.pipe(carried).pipe(channel);
    });
  }
  let stream: Duplex = connect(port, "127.0.0.1");
  const machines: Machine[] = [];
  for (const name of ["L0", "L1", "L2"]) {
    const machine = await machineAt(name, stream);
    machines.push(machine);
    if (name === "L2") break;
    const child = await machine.spawn(["hypervisor"], never);
    if (!child.ok) throw new Error(child.problems[0]?.what);
    stream = child.value.stream;
  }
  const long = "x".repeat(20_000);
  const asked = machines[2]?.run({ argv: ["echo", long], timeoutSeconds: 60 }, never);
  const { end, stdout } = (await asked) ?? {};
  expect(end).toEqual({ kind: "exited", code: 0 });
  expect(Number(/^heard (\d+)$/.exec(stdout ?? "")?.[1])).toBeGreaterThan(long.length);
});
