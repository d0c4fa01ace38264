// What `dvirt serve` costs with 10,000 runs and 1,000,000 observations; a part of `npm run bench`, or alone: node scripts/bench-serve.mjs [RUNS OBSERVATIONS]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { fillStore } from "./fill-store.mjs";

const HERE = fileURLToPath(import.meta.url);
const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const READERS = 100;
/** A person looks at a page for a while before the next one. */
const THINK_SECONDS = 5;
const STUDY = `study: sim
title: Measured while many read
platform: simulated
repetitions: {boots: 2000, runs: 1}
resources: {policy: reserved, guest: {cpus: 1, memory: 768MiB}, reserve: {cpus: 1, memory: 768MiB}}
scratch: {size: 512MiB}
workloads: [{name: cpu, threads: 1}]
`;

/** Prints server times, what readers waited, and memory, with readers who think and with readers who do not. */
export async function benchServe(runs = 1e4, wanted = 1e6) {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-bench-"));
  const started = [];
  const start = (argv, environment = {}) => {
    const child = spawn(process.execPath, ["--no-warnings", MAIN, ...argv], {
      cwd: folder,
      env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), ...environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
    started.push(child);
    return child;
  };
  try {
    const store = join(folder, "store.sqlite");
    const observations = await fillStore(store, runs, wanted);
    const server = start(["serve", "--store", store, "--port", "0"]);
    const [line] = await once(server.stdout, "data");
    const base = String(line).split("\n")[0].replace(/\/$/, "");
    const begun = performance.now();
    while (summaries(store) < runs) await wait(500);
    const preparing = (performance.now() - begun) / 1000;
    console.log(
      `serve: ${observations} observations in ${runs} runs; their lines were worked out in ${preparing.toFixed(0)} s after the first start, ${((preparing * 1000) / runs).toFixed(1)} ms each, ${memory(server).now} MiB then`,
    );
    writeFileSync(join(folder, "sim.yaml"), STUDY);
    start(["run", "sim.yaml", "--store", store, "--out", join(folder, "out")], {
      DVIRT_SIMULATED_SECONDS: "0.05",
    });
    await wait(2000);
    for (const [who, think, seconds] of [
      [`who look at each page for about ${THINK_SECONDS} s`, THINK_SECONDS, 40],
      ["who ask again at once", 0, 20],
    ]) {
      const said = await readers(base, think, seconds);
      console.log(
        `serve: ${READERS} readers ${who}, beside a run that writes: ${said}; ${memory(server).most} MiB at most`,
      );
    }
  } finally {
    for (const child of started) {
      if (child.exitCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "close");
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function summaries(store) {
  const database = new Database(store);
  const [{ n }] = database.prepare("SELECT COUNT(*) AS n FROM summaries").all();
  database.close();
  return n;
}

/** MiB that are resident. */
function memory({ pid }) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { now: mebibytes("VmRSS"), most: mebibytes("VmHWM") };
}

/** In a process of its own, so that what it takes is not taken from the server's event loop. */
async function readers(base, think, seconds) {
  const child = spawn(process.execPath, [HERE, "read", base, String(think), String(seconds)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  await once(child, "close");
  return said.trim();
}

async function read(base, think, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: READERS });
  const ids = await runIds(base, agent);
  const until = performance.now() + seconds * 1000;
  const seen = { list: [], run: [] };
  let failures = 0;
  const one = async (kind, target) => {
    const begun = performance.now();
    const { status, server } = await ask(base + target, agent);
    if (status !== 200) failures += 1;
    seen[kind].push({ server, waited: performance.now() - begun });
  };
  const any = (values) => values[Math.floor(Math.random() * values.length)];
  const reader = async () => {
    await wait(Math.random() * think * 1000);
    while (performance.now() < until) {
      await one(
        "list",
        any([
          "/",
          "/?page=2",
          "/?page=150",
          "/?hardware=real",
          "/?q=reserved+2025-03",
          "/?state=complete&page=9",
        ]),
      );
      await wait(think * (0.5 + Math.random()) * 1000);
      await one("run", `/runs/${any(ids)}`);
      await wait(think * (0.5 + Math.random()) * 1000);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  const text = (kind) => {
    const quantile = (of, q) => of.toSorted((a, b) => a - b)[Math.floor(q * (of.length - 1))]?.toFixed(0);
    const server = seen[kind].map((sample) => sample.server);
    const waited = seen[kind].map((sample) => sample.waited);
    return `${kind} ${quantile(server, 0.5)} ms at the median and ${quantile(server, 0.95)} at the 95th of 100 in the server, ${quantile(waited, 0.5)} and ${quantile(waited, 0.95)} for the reader (${server.length} pages)`;
  };
  console.log(`${text("list")}; ${text("run")}; ${failures} failed`);
  agent.destroy();
}

async function runIds(base, agent) {
  const { body } = await ask(`${base}/download/json`, agent);
  return JSON.parse(body).runs.map(({ id }) => id);
}

function ask(address, agent) {
  return new Promise((resolve, reject) => {
    get(address, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          server: Number(/dur=([\d.]+)/.exec(response.headers["server-timing"] ?? "")?.[1]),
          body,
        }),
      );
    }).on("error", reject);
  });
}

if (process.argv[1] === HERE) {
  const [, , first, second, third, fourth] = process.argv;
  if (first === "read") await read(second, Number(third), Number(fourth));
  else if (first === undefined) await benchServe();
  else await benchServe(Number(first), Number(second));
}
