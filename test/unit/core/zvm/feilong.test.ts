import { describe, expect, test } from "vitest";
import {
  isAbsent,
  makeRequests,
  powerStateRequest,
  readAnswer,
  softStopRequest,
  startRequests,
  stopRequest,
  TOKEN_REQUEST,
  VERSION_REQUEST,
} from "../../../../src/core/zvm/feilong.ts";
import { expectGolden } from "../../golden.ts";

const size = { cpus: 2, memoryBytes: 4 * 2 ** 30 };
const asked = powerStateRequest("LNXL1");

const envelope = (different: Readonly<Record<string, unknown>>) => ({
  status: 200,
  text: JSON.stringify({ overallRC: 0, rc: 0, rs: 0, modID: null, errmsg: "", output: "on", ...different }),
});

test("requests to Feilong for the life of a guest are the golden ones", () => {
  const make = { image: "debian12", disk: "10g", pool: "ECKD:POOL1", profile: "LNXPROF" };
  const requests = [
    TOKEN_REQUEST,
    VERSION_REQUEST,
    asked,
    ...makeRequests("LNXL1", size, make),
    ...startRequests("LNXL1", size),
    softStopRequest("LNXL1"),
    stopRequest("LNXL1"),
  ];
  const text = requests.map(
    ({ method, path, body }) => `${method} ${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`,
  );
  expectGolden("zvm/feilong-requests.txt", `${text.join("\n")}\n`);
});

describe("an answer of Feilong", () => {
  test("that is well has its output", () => {
    expect(readAnswer("L1", asked, envelope({}))).toEqual({ ok: true, value: "on" });
  });

  // Every kind of error in Feilong's table that dvirt's requests can meet.
  test.each([
    [100, 100, 1, 100, "feilong-bad-request"],
    [101, 101, 1, 110, "feilong-unreachable"],
    [101, 101, 2, 110, "feilong-token"],
    [101, 101, 3, 110, "feilong-unreachable"],
    [101, 101, 4, 110, "feilong-token"],
    [300, 300, 1, 10, "feilong-guest"],
    [300, 300, 2, 10, "feilong-no-disk"],
    [300, 300, 3, 10, "feilong-deploy"],
    [300, 300, 4, 10, "feilong-deploy"],
    [300, 300, 6, 10, "feilong-resize"],
    [300, 300, 9, 10, "feilong-locked"],
    [300, 300, 10, 10, "feilong-resize"],
    [300, 300, 12, 10, "feilong-deploy"],
    [300, 300, 2, 20, "feilong-guest"],
    [300, 300, 20, 40, "feilong-no-image"],
    [300, 300, 9, 40, "feilong-image"],
    [300, 300, 1, 60, "feilong-guest"],
    [400, 400, 1, 120, "feilong-bad-request"],
    [404, 404, 1, 10, "feilong-no-such-guest"],
    [409, 409, 1, 10, "feilong-not-active"],
    [409, 409, 3, 10, "feilong-no-maximum"],
    [409, 409, 4, 10, "feilong-above-maximum"],
    [409, 409, 7, 20, "feilong-conflict"],
    [409, 409, 19, 10, "feilong-no-maximum"],
    [409, 409, 20, 10, "feilong-above-maximum"],
    [410, 410, null, 10, "feilong-deleted"],
    [500, 500, 1, null, "feilong-internal"],
    [503, 503, 1, 120, "feilong-busy"],
    [503, 503, 2, 110, "feilong-unavailable"],
    [2, 2, 99, 1, "feilong-agent"],
    [3, 415, null, 1, "feilong-command"],
    [4, 4, 205, 1, "feilong-bad-size"],
    [4, 4, 206, 1, "feilong-above-maximum"],
    [4, 5, 402, 1, "feilong-no-disk"],
    [4, 4, 1, 1, "feilong-bad-request"],
    [8, 8, 3002, 1, "feilong-smapi"],
    [25, 301, 0, 1, "feilong-smapi"],
    [99, 99, 413, 1, "feilong-slow"],
    [99, 99, 414, 1, "feilong-slow"],
    [99, 99, 418, 1, "feilong-not-active"],
    [99, 305, 0, 1, "feilong-smapi"],
    [777, 1, 1, 1, "feilong-refused"],
  ])("with overallRC %i, rc %s, rs %s, modID %s is %s", (overallRC, rc, rs, modID, code) => {
    const answer = {
      ...envelope({ overallRC, rc, rs, modID, errmsg: "what Feilong says", output: "" }),
      status: 409,
    };
    const read = readAnswer("L1 (LNXL1)", asked, answer);
    const [problem] = read.ok ? [] : read.problems;
    expect(problem).toMatchObject({ code, at: "L1 (LNXL1)", evidence: "what Feilong says" });
    expect(problem?.what).toContain(`GET /guests/LNXL1/power_state: `);
    expect(problem?.hint).toMatch(/./);
    expect(!read.ok && isAbsent(read.problems)).toBe(overallRC === 404);
  });

  test.each([
    [401, "Unauthorized", "feilong-token"],
    [403, "", "feilong-token"],
    [404, "<html>not found</html>", "feilong-no-service"],
    [502, "<html>bad gateway</html>", "feilong-unavailable"],
    [503, "", "feilong-unavailable"],
    [200, "<html>hello</html>", "feilong-no-service"],
    [200, '{"overallRC":"0"}', "feilong-no-service"],
  ])("that is none, HTTP %i %j, is %s", (status, text, code) => {
    expect(readAnswer("L1", asked, { status, text })).toMatchObject({ ok: false, problems: [{ code }] });
  });
});
