// Makes the pictures of docs/serve.md: node scripts/screenshots.mjs STORE. It needs a store with two finished runs or
// more, Chromium, and a build; the live picture is of a simulated run that it makes in a copy of the store.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const OUT = fileURLToPath(new URL("../docs/pictures", import.meta.url));
const STUDY = `study: shown
title: A run to look at
platform: simulated
repetitions: {boots: 6, runs: 1}
resources: {policy: reserved, guest: {cpus: 1, memory: 768MiB}, reserve: {cpus: 1, memory: 768MiB}}
scratch: {size: 512MiB}
workloads: [{name: cpu, threads: 1}, {name: threads, threads: 4}, {name: oltp, threads: 1, rows: 1000, seconds: 4}]
`;

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error("which store?");
const folder = mkdtempSync(join(tmpdir(), "dvirt-shots-"));
const store = join(folder, "store.sqlite");
for (const suffix of ["", "-wal"])
  if (existsSync(given + suffix)) copyFileSync(given + suffix, store + suffix);
writeFileSync(join(folder, "shown.yaml"), STUDY);
mkdirSync(OUT, { recursive: true });
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
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const server = start(["serve", "--store", store, "--port", "0"]);
  const [line] = await once(server.stdout, "data");
  const base = String(line).split("\n")[0].replace(/\/$/, "");
  await fetch(base); // works out the lines that it shows
  const { runs } = await (await fetch(`${base}/download/json`)).json();
  const whole = runs.filter(
    ({ hardware, summary }) => hardware !== "simulated" && summary?.state === "complete",
  );
  const [run, other] = whole.map(({ id }) => id);
  const shot = async (name, target, { width = 1120, height = 900, scheme = "light" } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(base + target, { waitUntil: "load" });
    await page.screenshot({ path: join(OUT, `${name}.png`) });
    await context.close();
  };
  await shot("runs", "/");
  await shot("run", `/runs/${run}`, { height: 1500 });
  await shot("run-phone", `/runs/${run}`, { width: 390, height: 1200, scheme: "dark" });
  await shot("trial", `/runs/${run}/trials/b1-up-L2-oltp-1`);
  await shot("compare", `/compare?subject=${run}&subject=${other}&subject=fitzgerald-2014`, { height: 1200 });
  await shot("audit", "/published/fitzgerald-2014/audit");
  start(["run", "shown.yaml", "--store", store, "--seed", "1", "--out", join(folder, "out")], {
    DVIRT_SIMULATED_SECONDS: "0.1",
  });
  await wait(25_000);
  await shot("live", "/live", { height: 1000 });
} finally {
  await browser.close();
  for (const child of started) {
    if (child.exitCode !== null) continue;
    child.kill("SIGTERM");
    await once(child, "close");
  }
  rmSync(folder, { recursive: true, force: true });
}
