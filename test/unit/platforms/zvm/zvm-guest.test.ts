import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { feilongDriver } from "../../../../src/platforms/zvm/zvm-feilong.ts";
import { vmcpDriver } from "../../../../src/platforms/zvm/zvm-vmcp.ts";
import { type ControlProgram, controlProgram, vmcpEnded } from "../../made-up/control-program.ts";
import { ADMIN_TOKEN, type FeilongStandIn, feilongStandIn } from "../../made-up/feilong-service.ts";

const size = { cpus: 2, memoryBytes: 4 * 2 ** 30 };
const patience = { everySeconds: 0.001, shutDownSeconds: 0.005, forceSeconds: 0.005 };
const signal = AbortSignal.timeout(60_000);

describe("a guest by vmcp", () => {
  const driver = (cp: ControlProgram) =>
    vmcpDriver(
      {
        at: "L1 (LNXL1)",
        guest: { by: "vmcp", user: "LNXL1", control: "lnxctl", rights: "login", ipl: "0150" },
        size,
        patience,
      },
      (body) => body(cp),
    );

  test("is looked at, logged on with its size, booted and shut down", async () => {
    const cp = controlProgram({ guests: { LNXL1: {} } });
    const guest = driver(cp);
    expect(await guest.check(signal)).toEqual({
      ok: true,
      value: "LNXCTL   AT VMSYS1; z/VM Version 7 Release 3.0, service level 2301 (64-bit)",
    });
    expect(await guest.start(signal)).toEqual({ ok: true, value: "started" });
    expect(await guest.stop(signal)).toEqual([]);
    expect(cp.sent).toEqual([
      "QUERY USERID",
      "QUERY CPLEVEL",
      "QUERY LNXL1",
      "XAUTOLOG LNXL1 NOIPL STORAGE 4096M SYNCH",
      "SEND CP LNXL1 DEFINE CPU 01-01",
      "SEND CP LNXL1 IPL 0150",
      "SIGNAL SHUTDOWN LNXL1 WITHIN 0.005",
      "QUERY LNXL1",
      "QUERY LNXL1",
    ]);
    expect(cp.guests.get("LNXL1")?.state).toBe("off");
  });

  test("that heeds no signal is forced", async () => {
    const cp = controlProgram({ guests: { LNXL1: { state: "on", heeds: "force" } } });
    expect(await driver(cp).stop(signal)).toEqual([]);
    expect(cp.sent).toContain("FORCE LNXL1 IMMEDIATE");
  });

  test("that heeds nothing is a problem, and one that is off already is none", async () => {
    const stuck = controlProgram({ guests: { LNXL1: { state: "on", heeds: "nothing" } } });
    expect(await driver(stuck).stop(signal)).toMatchObject([{ code: "guest-not-stopped" }]);
    expect(await driver(controlProgram({ guests: { LNXL1: {} } })).stop(signal)).toEqual([]);
  });

  test("is never taken over where it is up already", async () => {
    for (const state of ["on", "ending"] as const) {
      const cp = controlProgram({ guests: { LNXL1: { state } } });
      expect(await driver(cp).check(signal)).toMatchObject({ problems: [{ code: "guest-in-use" }] });
      expect(cp.sent.every((text) => text.startsWith("QUERY"))).toBe(true);
    }
  });

  test.each([
    ["a user that is not in the directory", controlProgram({ guests: {} }), "cp-no-such-guest"],
    [
      "no vmcp",
      controlProgram({ guests: {}, instead: { QUERY: vmcpEnded(127, "sh: vmcp: not found") } }),
      "no-vmcp",
    ],
    [
      "no device for vmcp",
      controlProgram({ guests: {}, instead: { QUERY: vmcpEnded(3, "Error: Could not open device") } }),
      "no-vmcp-device",
    ],
  ])("is refused before anything is done: %s", async (_what, cp, code) => {
    expect(await driver(cp).check(signal)).toMatchObject({ ok: false, problems: [{ code }] });
  });

  test("is not started, and not half started, where the controlling guest may not", async () => {
    const cp = controlProgram({ guests: { LNXL1: {} }, classes: "C" });
    expect(await driver(cp).start(signal)).toMatchObject({ problems: [{ code: "cp-not-allowed" }] });
    expect(cp.guests.get("LNXL1")?.state).toBe("off");
  });

  test("says which class is missing where it cannot be forced", async () => {
    const cp = controlProgram({ guests: { LNXL1: { state: "on", heeds: "force" } }, classes: "BCG" });
    const [problem] = await driver(cp).stop(signal);
    expect(problem).toMatchObject({ code: "cp-not-allowed", what: expect.stringContaining("FORCE LNXL1") });
    expect(problem?.hint).toContain("A for FORCE");
  });
});

describe("a guest by Feilong", () => {
  const folder = mkdtempSync(join(tmpdir(), "feilong-"));
  const token = join(folder, "token");
  writeFileSync(token, `${ADMIN_TOKEN}\n`);
  afterAll(() => rmSync(folder, { recursive: true }));
  const make = { image: "debian12", disk: "10g", pool: "ECKD:POOL1", profile: "LNXPROF" };
  const driver = (
    service: FeilongStandIn,
    different: { readonly token?: string; readonly make?: typeof make } = {},
  ) =>
    feilongDriver(
      {
        at: "L1 (LNXL1)",
        guest: { by: "feilong", user: "LNXL1", url: "https://feilong.example:8080", token, ...different },
        size,
        patience,
      },
      (request, headers) => service.ask(request, headers),
    );

  test("is looked at, sized, started and stopped", async () => {
    const service = feilongStandIn({ state: "off" });
    const guest = driver(service);
    expect(await guest.check(signal)).toEqual({
      ok: true,
      value: 'Feilong {"version":"1.6.6","api_version":"1.0"}',
    });
    expect(await guest.start(signal)).toEqual({ ok: true, value: "started" });
    expect(service.state).toBe("on");
    expect(await guest.stop(signal)).toEqual([]);
    expect(service.asked).toEqual([
      "POST /token",
      "GET /",
      "GET /guests/LNXL1/power_state",
      "POST /token",
      "GET /guests/LNXL1/power_state",
      "POST /guests/LNXL1/action resize_cpus",
      "POST /guests/LNXL1/action resize_mem",
      "POST /guests/LNXL1/action start",
      "POST /token",
      "POST /guests/LNXL1/action softstop",
      "GET /guests/LNXL1/power_state",
    ]);
  });

  test("is made where it is not there and the study says how, and refused where it does not", async () => {
    const service = feilongStandIn({ state: "absent" });
    expect(await driver(service, { make }).check(signal)).toMatchObject({ ok: true });
    expect(await driver(service, { make }).start(signal)).toEqual({ ok: true, value: "started" });
    expect(service.asked.filter((one) => /guests$|deploy/.test(one))).toEqual([
      "POST /guests",
      "POST /guests/LNXL1/action deploy",
    ]);
    const other = driver(feilongStandIn({ state: "absent" }));
    expect(await other.check(signal)).toMatchObject({ problems: [{ code: "feilong-no-such-guest" }] });
    expect(await other.start(signal)).toMatchObject({ problems: [{ code: "feilong-no-such-guest" }] });
  });

  test("that does not shut down is stopped, and one that does not stop is a problem", async () => {
    const hard = feilongStandIn({ state: "on", heeds: "stop" });
    expect(await driver(hard).stop(signal)).toEqual([]);
    expect(hard.asked).toContain("POST /guests/LNXL1/action stop");
    expect(await driver(feilongStandIn({ state: "on", heeds: "nothing" })).stop(signal)).toMatchObject([
      { code: "guest-not-stopped" },
    ]);
  });

  test("is never taken over where it is up already", async () => {
    expect(await driver(feilongStandIn({ state: "on" })).check(signal)).toMatchObject({
      problems: [{ code: "guest-in-use" }],
    });
  });

  test("is not started where a step before is refused", async () => {
    const instead = { resize_mem: { overallRC: 409, rc: 409, rs: 20, modID: null, errmsg: "too large" } };
    const service = feilongStandIn({ state: "off", instead });
    expect(await driver(service).start(signal)).toMatchObject({
      problems: [{ code: "feilong-above-maximum" }],
    });
    expect(service.state).toBe("off");
  });

  test("needs the administrator's token, and never says it", async () => {
    const wrong = join(folder, "wrong");
    writeFileSync(wrong, "not-the-token");
    const refused = await driver(feilongStandIn({ state: "off" }), { token: wrong }).check(signal);
    expect(refused).toMatchObject({ problems: [{ code: "feilong-token" }] });
    expect(JSON.stringify(refused)).not.toContain("not-the-token");
    const missing = driver(feilongStandIn({ state: "off" }), { token: join(folder, "none") });
    expect(await missing.check(signal)).toMatchObject({ problems: [{ code: "feilong-token" }] });
  });

  test("is a problem where nobody answers", async () => {
    const service: FeilongStandIn = {
      asked: [],
      state: "off",
      ask: async () => {
        throw new Error("connect ECONNREFUSED");
      },
    };
    expect(await driver(service).check(signal)).toMatchObject({
      problems: [{ code: "feilong-unreachable", what: expect.stringContaining("ECONNREFUSED") }],
    });
  });
});
