import { describe, expect, test } from "vitest";
import type { Completed } from "../../../../src/core/base/command.ts";
import {
  CP_FACTS,
  cpProblem,
  forceCommand,
  guestState,
  queryGuest,
  shutDownCommand,
  startCommands,
  WHO,
} from "../../../../src/core/zvm/cp.ts";
import { expectGolden } from "../../golden.ts";

const GIB = 2 ** 30;

function answered(code: number, stdout: string, stderr = ""): Completed {
  return { end: { kind: "exited", code }, stdout, stderr, seconds: 0.1 };
}

describe("commands to CP", () => {
  test("for the life of a guest are the golden ones", () => {
    const lines = [
      ...WHO,
      queryGuest("LNXL1"),
      ...startCommands("LNXL1", { cpus: 1, memoryBytes: 2 * GIB }, "0150"),
      ...startCommands("LNXL2", { cpus: 12, memoryBytes: 1.5 * GIB }, "0150"),
      shutDownCommand("LNXL1", 120),
      forceCommand("LNXL1"),
    ];
    expectGolden("zvm/cp-commands.txt", `${lines.join("\n")}\n`);
  });

  test("that a guest sends of itself are the golden ones", () => {
    expectGolden("zvm/cp-facts.txt", CP_FACTS);
  });
});

describe("the state of a guest", () => {
  test.each([
    [answered(0, "LNXL1    - DSC \n"), { kind: "logged-on" }],
    [answered(0, "LNXL1    -L0004\n"), { kind: "logged-on" }],
    [answered(1, "HCPCQU045E LNXL1 not logged on\n"), { kind: "logged-off" }],
    [answered(1, "HCPCQU361E LOGOFF/FORCE pending for user LNXL1\n"), { kind: "logging-off" }],
    [answered(1, "HCPCQV003E Invalid option - LNXL1\n"), { kind: "problem" }],
  ])("is read from %j", (done, expected) => {
    expect(guestState("LNXL1", "L1", done)).toMatchObject(expected);
  });
});

describe("an error of CP or vmcp is a problem with a remedy", () => {
  test.each([
    [1, "HCPCMD001E Unknown CP command: XAUTOLOG", "cp-not-allowed"],
    [1, "HCPCFC002E Invalid operand - FOO", "cp-bad-command"],
    [1, "HCPCQV003E Invalid option - LNXL9", "cp-no-such-guest"],
    [1, "HCPIPL006E Invalid device type - 0150", "cp-bad-device"],
    [1, "HCPLGA007E Invalid userid - LNX L1", "cp-bad-userid"],
    [1, "HCPFRC020E Userid missing or invalid", "cp-bad-userid"],
    [1, "HCPIPL022E A virtual device number was not supplied or it was invalid", "cp-bad-device"],
    [1, "HCPLGA025E Invalid storage size", "cp-bad-storage"],
    [1, "HCPCFC026E Operand missing or invalid", "cp-bad-command"],
    [1, "HCPQVD040E Device 0150 does not exist", "cp-no-device"],
    [1, "HCPCSN045E LNXL1 not logged on", "cp-not-logged-on"],
    [1, "HCPLGA053E LNXL9 not in CP directory", "cp-no-such-guest"],
    [1, "HCPLGA054E Already logged on DSC", "cp-guest-in-use"],
    [1, "HCPAUT059E AUTOLOG failed for LNXL1 - bad password", "cp-autolog-failed"],
    [1, "HCPCSN068E LNXL1 not receiving", "cp-not-receiving"],
    [1, "HCPCQU361E LOGOFF/FORCE pending for user LNXL1", "cp-logging-off"],
    [1, "HCPXYZ9999E Something new", "cp-refused"],
    [1, "", "cp-refused"],
    [2, "", "cp-truncated"],
    [3, "", "no-vmcp-device"],
    [4, "", "vmcp-usage"],
    [126, "", "no-vmcp"],
    [127, "", "no-vmcp"],
    [99, "", "cp-refused"],
  ])("exit code %i, %j: %s", (code, message, expected) => {
    const problem = cpProblem(
      "L1 (LNXL1)",
      "XAUTOLOG LNXL1",
      answered(code, message === "" ? "" : `${message}\n`),
    );
    expect(problem).toMatchObject({ code: expected, at: "L1 (LNXL1)", evidence: message });
    expect(problem?.what).toMatch(/^XAUTOLOG LNXL1: ./);
    expect(problem?.hint).toMatch(/./);
  });

  test("and so is a controlling guest that is gone", () => {
    const lost: Completed = {
      end: { kind: "lost", what: "the connection ended" },
      stdout: "",
      stderr: "",
      seconds: 1,
    };
    expect(cpProblem("L1", "QUERY USERID", lost)).toMatchObject({ code: "no-control" });
  });
});
