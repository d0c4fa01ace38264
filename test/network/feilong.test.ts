import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askFeilong } from "../../src/adapters/feilong.ts";
import { readAnswer, startRequests, TOKEN_REQUEST } from "../../src/core/zvm/feilong.ts";
import { ADMIN_TOKEN, feilongStandIn } from "../unit/made-up/feilong-service.ts";

const signal = AbortSignal.timeout(60_000);
const folder = mkdtempSync(join(tmpdir(), "feilong-"));
const service = feilongStandIn({ state: "off" });
let server: Server;
let url = "";
let ca = "";

beforeAll(async () => {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "1"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, ...about],
    { stdio: "ignore" },
  );
  ca = readFileSync(certificate, "utf8");
  server = createServer({ key: readFileSync(key), cert: ca }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const header = (name: string) => String(request.headers[name] ?? "");
      const answer = await service.ask(
        {
          method: request.method === "POST" ? "POST" : "GET",
          path: request.url ?? "",
          ...(text === "" ? {} : { body: JSON.parse(text) }),
        },
        { "X-Admin-Token": header("x-admin-token"), "X-Auth-Token": header("x-auth-token") },
      );
      response.writeHead(
        answer.status,
        answer.authToken === undefined ? {} : { "X-Auth-Token": answer.authToken },
      );
      response.end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  url = `https://localhost:${typeof address === "object" ? address?.port : ""}/`;
});

afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

it("a session with Feilong goes over HTTPS, the token in its header", async () => {
  const first = await askFeilong({ url, ca }, TOKEN_REQUEST, { "X-Admin-Token": ADMIN_TOKEN }, signal);
  expect(first.authToken).toBe("session-secret");
  for (const request of startRequests("LNXL1", { cpus: 1, memoryBytes: 2 ** 30 })) {
    const answer = await askFeilong({ url, ca }, request, { "X-Auth-Token": first.authToken ?? "" }, signal);
    expect(readAnswer("L1", request, answer)).toMatchObject({ ok: true });
  }
  expect(service.state).toBe("on");
});

it("a certificate that nobody vouches for is refused", async () => {
  await expect(askFeilong({ url }, TOKEN_REQUEST, {}, signal)).rejects.toThrow(/certificate/);
});
