import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openMonitor } from "../../../../src/adapters/machine/monitor.ts";
import { placeOf, standstill } from "../../../../src/platforms/qemu/standstill.ts";

/** As QEMU's monitor prints them; the stack as L2's was that waited for its timekeeper. */
const registers = (stack: string, flags: string, halted = 0) =>
  `CPU#0\r
RAX=0000000000000000 RBX=000000000000031b RCX=0000000000000000 RDX=0000000000000000\r
RSI=ffffc90000003f58 RDI=ffff88802fc1cb80 RBP=ffff88802fc1cac0 RSP=${stack}\r
RIP=ffffffff8114a0a7 RFL=${flags} [-------] CPL=0 II=0 A20=1 SMM=0 HLT=${halted}\r
`;

const OFF = "00000002";
const ON = "00000202";

describe("where a processor is", () => {
  it("is its stack where it is busy with interrupts off", () => {
    expect(placeOf(registers("ffffc90000003f20", OFF))).toBe("RSP=ffffc90000003f20");
    expect(placeOf(registers("ffffc90000003f20", "00000046"))).toBe("RSP=ffffc90000003f20");
  });

  it("is no matter where it waits, where interrupts can come, and where it has no such registers", () => {
    expect(placeOf(registers("ffffc90000003f20", OFF, 1))).toBeUndefined();
    expect(placeOf(registers("ffffc90000003f20", ON))).toBeUndefined();
    expect(
      placeOf("PSW=mask 0705c00180000000 addr 000000000010f1c4\r\nR00=0000000000000000"),
    ).toBeUndefined();
  });
});

describe("a machine that is looked at", () => {
  let server: Server;
  let looks = 0;
  let say: (look: number) => string = () => "";
  const NAME = `dvirt-test-monitor-${process.pid}`;

  beforeEach(async () => {
    looks = 0;
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
      socket.on("data", (chunk) => {
        for (const line of chunk.toString("utf8").trim().split("\n")) {
          const { execute } = JSON.parse(line);
          socket.write('{"event": "RTC_CHANGE", "data": {}}\r\n');
          const told = execute === "qmp_capabilities" ? {} : say(++looks);
          socket.write(`${JSON.stringify({ return: told })}\r\n`);
        }
      });
    });
    await new Promise<void>((listening) => server.listen({ path: `\0${NAME}` }, listening));
  });
  afterEach(() => {
    vi.useRealTimers();
    server.close();
  });

  /** What is said of it after so many looks; a look comes every ten seconds. */
  async function saidAfter(wanted: number): Promise<string> {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const still = standstill(NAME, new Promise(() => {}));
    const enough = (async () => {
      while (looks < wanted) {
        await vi.advanceTimersByTimeAsync(10_000);
        await new Promise((turn) => setImmediate(turn));
      }
      for (let turns = 0; turns < 20; turns++) await new Promise((turn) => setImmediate(turn));
      return "it gets on";
    })();
    return Promise.race([still, enough]);
  }

  it("hangs where six looks in a row find its processor at one place with interrupts off", async () => {
    say = () => registers("ffffc90000003f20", OFF);
    expect(await saidAfter(6)).toMatch(
      /it hangs: for 50 s .* one place with interrupts off \(RSP=ffffc90000003f20\)/,
    );
  });

  it("gets on where it is elsewhere now and then, or lets interrupts in", async () => {
    say = (look) =>
      registers(look % 6 === 5 ? "ffffc90000003e00" : "ffffc90000003f20", look % 6 === 2 ? ON : OFF);
    expect(await saidAfter(30)).toBe("it gets on");
  });

  it("is not there where nobody listens", async () => {
    expect(await openMonitor("dvirt-test-nobody")).toBeUndefined();
  });
});
