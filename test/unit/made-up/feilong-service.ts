import type { FeilongRequest } from "../../../src/core/zvm/feilong.ts";

export const ADMIN_TOKEN = "admin-secret";
const SESSION_TOKEN = "session-secret";

/** A stand-in for Feilong that answers as its documentation says; it shows that dvirt keeps to that, not that z/VM does. */
export interface FeilongStandIn {
  ask(
    request: FeilongRequest,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ status: number; text: string; authToken: string | undefined }>;
  readonly asked: readonly string[];
  state: "absent" | "on" | "off";
}

export function feilongStandIn(options: {
  readonly state: FeilongStandIn["state"];
  readonly heeds?: "softstop" | "stop" | "nothing";
  /** The codes of an answer in place of the stand-in's, by the action or the path. */
  readonly instead?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}): FeilongStandIn {
  const asked: string[] = [];
  const heeds = options.heeds ?? "softstop";
  const answer = (different: Readonly<Record<string, unknown>>, status = 200) => ({
    status,
    text: JSON.stringify({ overallRC: 0, rc: 0, rs: 0, modID: null, errmsg: "", output: "", ...different }),
    authToken: undefined,
  });
  const absent = () =>
    answer({ overallRC: 404, rc: 404, rs: 1, modID: 10, errmsg: "LNXL1 does not exist." }, 404);
  const standIn: FeilongStandIn = {
    asked,
    state: options.state,
    async ask({ method, path, body }, headers) {
      const action = typeof body?.["action"] === "string" ? body["action"] : undefined;
      asked.push([method, path, action].filter((one) => one !== undefined).join(" "));
      if (path === "/token") {
        return headers["X-Admin-Token"] === ADMIN_TOKEN
          ? { status: 200, text: "", authToken: SESSION_TOKEN }
          : { status: 401, text: "Unauthorized", authToken: undefined };
      }
      if (headers["X-Auth-Token"] !== SESSION_TOKEN) return { status: 401, text: "", authToken: undefined };
      const instead = options.instead?.[action ?? path];
      if (instead !== undefined) return answer(instead, 409);
      if (path === "/") return answer({ output: { version: "1.6.6", api_version: "1.0" } });
      if (path === "/guests") standIn.state = "off";
      if (standIn.state === "absent") return absent();
      if (path.endsWith("/power_state")) return answer({ output: standIn.state });
      if (action === "start") standIn.state = "on";
      if (action === heeds || (action === "stop" && heeds === "softstop")) standIn.state = "off";
      return answer({});
    },
  };
  return standIn;
}
