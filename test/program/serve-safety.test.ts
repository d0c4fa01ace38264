import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPlace, type Place } from "../lab/place.ts";
import { readRawStore } from "../lab/raw-store.ts";
import { studyText } from "../lab/simulated-study.ts";
import { dvirt, succeed } from "./built-program.ts";
import { fillHostileStore, HOSTILE_GROUP, HOSTILE_RUN } from "./hostile-store.ts";
import { type Answered, asked, type Served, serve } from "./served.ts";

const SELF = "'self'";
let place: Place;
let served: Served;
let run: string;
beforeAll(async () => {
  place = await createPlace();
  await place.write("sim.yaml", studyText({ boots: 2 }));
  await succeed(place, "run sim.yaml --seed 1");
  await fillHostileStore(place.store);
  run = (await readRawStore(place.store)).runs.find((id) => id.includes("sim")) ?? "";
  served = await serve(place);
});
afterAll(async () => {
  await served.stop();
  await place.remove();
});

const PAGES = () => [
  "/",
  "/live",
  "/compare",
  "/published",
  "/published/fitzgerald-2014/audit",
  `/groups/${encodeURIComponent(HOSTILE_GROUP)}`,
  ...[run, encodeURIComponent(HOSTILE_RUN)].flatMap((id) => [
    `/runs/${id}`,
    `/runs/${id}?policies=all&metric=response`,
    `/runs/${id}/live`,
    `/runs/${id}/trials`,
    `/runs/${id}/trials/b1-up-L0-cpu-1`,
    `/compare?subject=${run}&subject=${id}&subject=fitzgerald-2014`,
  ]),
];

describe("who may connect", () => {
  test("listens on this machine's loopback alone", async () => {
    expect(served.address).toBe("127.0.0.1");
    expect(served.token).toBeUndefined();
    const others = Object.values(networkInterfaces())
      .flatMap((found) => found ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4")
      .map(({ address }) => address);
    for (const address of ["127.0.0.2", ...others]) {
      await expect(asked(served, "/", { address }), address).rejects.toThrow("ECONNREFUSED");
    }
  });

  test.each([
    "evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "a@localhost",
  ])("answers nothing to a page whose name points here: Host %o", async (host) => {
    const answer = await asked(served, "/", { headers: { host } });
    expect([400, 421]).toContain(answer.status);
    expect(answer.body).not.toContain(run);
  });

  test.each(["localhost", "127.0.0.1", "[::1]", "LOCALHOST:1"])(
    "answers to its own name: Host %o",
    async (host) => {
      expect((await asked(served, "/", { headers: { host } })).status).toBe(200);
    },
  );

  test("answers to a name that it was given", async () => {
    const named = await serve(place, ["--name", "lab.example,other.example"]);
    try {
      const status = async (host: string) => (await asked(named, "/", { headers: { host } })).status;
      expect(await status("lab.example")).toBe(200);
      expect(await status("other.example:1234")).toBe(200);
      expect(await status("evil.example")).toBe(421);
    } finally {
      await named.stop();
    }
  });
});

test("says where nothing can listen, and what to try", async () => {
  const taken = await dvirt(place, `serve --port ${served.port}`);
  expect(taken.code).toBe(69);
  expect(taken.stderr).toContain("error[no-address]");
  expect(taken.stderr).toContain("--port 0");
});

describe("on another address", () => {
  let open: Served;
  beforeAll(async () => {
    open = await serve(place, ["--listen", "0.0.0.0"]);
  });
  afterAll(() => open.stop());
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const signIn = (token: string, headers = {}) =>
    asked(open, "/token", { method: "POST", headers: { ...form, ...headers }, body: `token=${token}` });

  test("prints a token, and shows nothing without it", async () => {
    expect(open.token).toMatch(/^[\w-]{32}$/);
    for (const target of [...PAGES(), "/runs/x/events", "/download/csv"]) {
      const answer = await asked(open, target);
      expect(answer.status, target).toBe(401);
      expect(answer.body).not.toContain(run);
    }
  });

  test("does not take it from an address, where it would be logged", async () => {
    expect((await asked(open, `/?token=${open.token}`)).status).toBe(401);
    expect((await asked(open, `/token?token=${open.token}`, { method: "POST", headers: form })).status).toBe(
      401,
    );
  });

  test("takes it from a form, and hands out a session that no script and no other site can use", async () => {
    const answer = await signIn(open.token ?? "");
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toBe("/");
    const [cookie = ""] = [answer.headers["set-cookie"] ?? ""].flat();
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(open.token);
    const [session = ""] = cookie.split(";");
    expect((await asked(open, "/", { headers: { cookie: session } })).body).toContain(run);
    expect((await asked(open, "/", { headers: { cookie: `${session}x` } })).status).toBe(401);
    expect((await asked(open, "/", { headers: { cookie: `dvirt-session=${open.token}` } })).status).toBe(401);
  });

  test("takes it from a program's header", async () => {
    const authorization = `Bearer ${open.token}`;
    expect((await asked(open, "/", { headers: { authorization } })).status).toBe(200);
    expect((await asked(open, "/", { headers: { authorization: `${authorization}x` } })).status).toBe(401);
  });

  test("does not sign a reader in for another site, and does not let anybody guess for long", async () => {
    expect((await signIn(open.token ?? "", { origin: "http://evil.example" })).status).toBe(405);
    const statuses: number[] = [];
    for (let wrong = 0; wrong < 12; wrong++) statuses.push((await signIn("guess")).status);
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    expect((await signIn(open.token ?? "")).status).toBe(429);
  });
});

describe("what pages may do", () => {
  test("each says in its policy that it loads and runs this server's own and nothing else", async () => {
    for (const target of PAGES()) {
      const { status, headers, body } = await asked(served, target);
      expect(status, target).toBe(200);
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain(`script-src ${SELF};`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(inline(body), target).toEqual([]);
    }
  });

  test("hostile text is text wherever it stands", async () => {
    const [id, group] = [HOSTILE_RUN, HOSTILE_GROUP].map(encodeURIComponent);
    for (const target of PAGES().filter((one) => one.includes(`${id}`) || one.includes(`${group}`))) {
      const { body } = await asked(served, target);
      for (const tag of ["<img src=x", "<svg/onload", "<svg onload", "<script>alert"]) {
        expect(body, target).not.toContain(tag);
      }
      expect(body).not.toContain("\u202e");
    }
    const csv = (await asked(served, "/download/csv")).body;
    // Line ends within a cell begin no other one.
    const lines = csv.replaceAll(/"(?:[^"]|"")*"/g, (cell) => cell.replaceAll("\n", " "));
    expect(lines).not.toMatch(/(?:^|,)"?[=+@]/m);
    const raw = await asked(served, `/runs/${id}/trials/b1-up-L0-cpu-1/raw/1/stdout.txt`);
    expect(raw.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(raw.headers["content-disposition"]).toMatch(/^attachment; filename="[\w.-]+"$/);
  });

  test("nothing can be changed", async () => {
    await Promise.all(PAGES().map((target) => asked(served, target)));
    const before = await readRawStore(place.store);
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]) {
      for (const target of ["/", `/runs/${run}`, "/token"]) {
        expect((await asked(served, target, { method })).status, `${method} ${target}`).toBe(405);
      }
    }
    expect(await readRawStore(place.store)).toEqual(before);
  });
});

describe("where an address leads", () => {
  test.each([
    "/../../../../etc/passwd",
    "/assets/../../package.json",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets/..%5c..%5cpackage.json",
    "/runs/%2fetc%2fpasswd",
    "/runs/%00",
    "/runs/%ff",
    "/runs/x'%20OR%201=1--",
    "/runs/RUN/trials/'%20OR%20''='",
    "/runs/RUN/figures/..%2f..%2fpackage.json",
    "/runs/RUN/figures/../../package.json",
    "/runs/RUN/download/..%2fcsv",
    "/published/__proto__",
    "/published/constructor/audit",
    "//etc/passwd",
    "http://evil.example/etc/passwd",
    "*",
  ])("%s leads nowhere", async (target) => {
    const answer = await asked(served, target.replace("RUN", run));
    expect([400, 404]).toContain(answer.status);
    expect(answer.body).not.toMatch(/root:x:0|"license"|Problem\b/);
  });
});

describe("bounds", () => {
  test.each<[string, string, number, Record<string, string>, string | undefined]>([
    ["a long address", `/?q=${"a".repeat(5000)}`, 414, {}, undefined],
    ["large headers", "/", 431, { "x-large": "a".repeat(20_000) }, undefined],
    ["a large body", "/token", 413, {}, "a".repeat(5000)],
  ])("turns %s away", async (_, target, status, headers, body) => {
    expect(
      (await asked(served, target, { headers, ...(body === undefined ? {} : { method: "POST", body }) }))
        .status,
    ).toBe(status);
  });

  test("takes no more subjects than can be seen side by side", async () => {
    const target = `/compare?${Array.from({ length: 20 }, (_, index) => `subject=no-${index}`).join("&")}`;
    const answer = await asked(served, target);
    expect(answer.status).toBe(404);
    expect(answer.body.match(/<li>/g)?.length).toBeLessThan(20);
  });

  test("lets many look on, and still answers when there are too many", async () => {
    const cut = new AbortController();
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async () => {
        const response = await fetch(`${served.base}/runs/${run}/events`, { signal: cut.signal });
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(64);
    expect(statuses.filter((status) => status === 503)).toHaveLength(6);
    expect((await asked(served, "/")).status).toBe(200);
    cut.abort();
    await expect.poll(async () => eventStatus(served, run)).toBe(200);
  });

  test("nonsense in an address is as if it were not there", async () => {
    for (const query of [
      "page=-1",
      "page=1e9",
      "page=999999",
      "per=x&metric=y&relative=z",
      "level=x&boot=-1&after=x",
    ]) {
      expect((await asked(served, `/?${query}`)).status, query).toBe(200);
      expect((await asked(served, `/runs/${run}?${query}`)).status, query).toBe(200);
      expect((await asked(served, `/runs/${run}/trials?${query}`)).status, query).toBe(200);
    }
  });
});

async function eventStatus({ base }: Served, id: string): Promise<number> {
  const cut = new AbortController();
  const response = await fetch(`${base}/runs/${id}/events`, { signal: cut.signal });
  cut.abort();
  return response.status;
}

/** Scripts, styles and handlers that stand in the page itself, and anything from elsewhere; by their tags. */
function inline(body: Answered["body"]): readonly string[] {
  return [...body.matchAll(/<[a-z][^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => {
      const names = tag.replaceAll(/="[^"]*"/g, "=");
      return (
        /^<(?:style|iframe|object|embed|base)\b/.test(tag) ||
        (tag.startsWith("<script") && !tag.includes(' src="/assets/')) ||
        /\s(?:on\w+|style)=/.test(names) ||
        /\s(?:src|href|action)="(?!\/(?!\/)|#|data:,)/.test(tag)
      );
    });
}
