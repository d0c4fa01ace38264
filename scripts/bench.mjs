// What dvirt itself costs, as ratios: run it on an otherwise idle machine. `npm run bench [PAIRS]`.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../dist/adapters/clock.js";
import { readText } from "../dist/adapters/files.js";
import { cacheFolder } from "../dist/adapters/folders.js";
import { lockLab } from "../dist/adapters/lab-lock.js";
import { localMachine } from "../dist/adapters/machine/local.js";
import { startTree } from "../dist/adapters/machine/tree.js";
import { pairedLogRatio } from "../dist/core/stats/ratio.js";
import { parseStudy } from "../dist/core/study/study.js";
import { ensureImage } from "../dist/images/build.js";
import { guestRecipe } from "../dist/images/recipe.js";
import { createStack } from "../dist/lab/stack.js";
import { platforms } from "../dist/platforms/index.js";
import { x86Kvm } from "../dist/platforms/qemu/x86-64-kvm.js";
import { workloads } from "../dist/workloads/index.js";
import { benchAnalysis } from "./bench-analysis.mjs";
import { benchServe } from "./bench-serve.mjs";
import { benchStartup } from "./bench-startup.mjs";
import { benchStopping } from "./bench-stopping.mjs";

const signal = AbortSignal.timeout(3_600_000);
const cache = cacheFolder(process.env);
const got = (result) => {
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.value;
};
const lock = got(
  await lockLab("dvirt-lab", { pid: process.pid, what: "npm run bench", since: systemClock.now() }),
);

async function treeAgainstByHand(image, count) {
  const work = mkdtempSync(join(tmpdir(), "dvirt-bench-"));
  const [own, hand] = ["own", "hand"].map((name) => join(work, name));
  mkdirSync(own);
  mkdirSync(hand);
  const tree = got(
    await startTree({ name: "L0", rootImage: image.rootDisk, mountPoint: own, files: {} }, signal),
  );
  const argv = ["sysbench", "cpu", "--threads=1", "--cpu-max-prime=2000", "--time=1", "run"];
  const events = (text) => Number(/events per second:\s+([\d.]+)/.exec(text)?.[1]);
  const asDvirt = async () => events((await tree.run({ argv, timeoutSeconds: 60 }, signal)).stdout);
  // One mount for all runs, as the tree has: a mount per run would begin with a cold page cache.
  const script =
    'mount -t ext4 -o ro,loop,noload "$1" "$2"; mount -t proc proc "$2/proc"; echo mounted; exec sleep infinity';
  const holder = spawn("unshare", [
    ...["--mount", "--propagation", "private", "sh", "-c", script, "sh", image.rootDisk, hand],
  ]);
  await once(holder.stdout, "data");
  const inside = ["--target", String(holder.pid), "--mount", "chroot", hand, ...argv];
  const byHand = () => events(execFileSync("nsenter", inside, { encoding: "utf8" }));
  const ours = [];
  const byHands = [];
  const pair = (a, b) => {
    ours.push(a);
    byHands.push(b);
  };
  try {
    await asDvirt();
    byHand();
    for (let i = 0; i < count; i++) {
      // Alternate who goes first, so that drift falls on both alike.
      if (i % 2 === 0) {
        const a = await asDvirt();
        pair(a, byHand());
      } else {
        const b = byHand();
        pair(await asDvirt(), b);
      }
    }
  } finally {
    holder.kill("SIGKILL");
    await once(holder, "close");
    await tree.dispose();
    rmSync(work, { recursive: true, force: true });
  }
  return pairedLogRatio(ours, byHands, 0.95);
}

async function bringUps() {
  const study = got(
    parseStudy(
      (await readText("studies/quick.yaml")).replace("hardware: auto", "hardware: emulated"),
      "studies/quick.yaml",
      {
        workloads,
        platforms: platforms.map(({ name }) => name),
      },
    ),
  );
  const platform = got(
    await x86Kvm.prepare({ study, seed: 1, cache, labFolder: join(cache, "lab"), say: () => {}, signal }),
  );
  const seconds = [];
  const stack = createStack({
    platform,
    clock: systemClock,
    emit: () => {},
    onMachine: async (machine) => void seconds.push(machine.readySeconds),
  });
  try {
    got(await stack.reach(2, signal));
  } finally {
    await stack.dispose();
    await platform.dispose();
  }
  return seconds;
}

try {
  const image = got(await ensureImage(await guestRecipe(), cache, localMachine(), console.error, signal));
  const count = Number(process.argv[2] ?? 60);
  const same = await treeAgainstByHand(image, count);
  console.log(
    `L0 on real hardware, sysbench cpu through dvirt against by hand in the same tree: ratio ${same.ratio.toFixed(4)}, 95% interval ${same.low.toFixed(4)} to ${same.high.toFixed(4)}, ${count} pairs`,
  );
  const seconds = await bringUps();
  const total = seconds.reduce((sum, one) => sum + one, 0);
  console.log(
    `bring-up on emulated hardware: L0 : L1 : L2 = 1 : ${seconds
      .slice(1)
      .map((one) => (one / seconds[0]).toFixed(2))
      .join(" : ")}; whole stack ${(total / seconds[0]).toFixed(2)} times L0 (${total.toFixed(1)} s)`,
  );
} finally {
  await lock.release();
}
benchStartup();
benchAnalysis();
await benchStopping();
await benchServe();
