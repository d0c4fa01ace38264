import { systemClock } from "../src/adapters/clock.ts";
import { ensurePackages } from "../src/adapters/debian.ts";
import { cacheFolder } from "../src/adapters/folders.ts";
import { lockLab } from "../src/adapters/lab-lock.ts";
import { localMachine } from "../src/adapters/machine/local.ts";
import { problemText } from "../src/core/problem.ts";
import { platformNamed } from "../src/platforms/index.ts";

/** Installs what the live tests need; fails loudly where it cannot. */
export default function setup(): Promise<void> {
  return installWhatNeeds("x86_64-kvm");
}

/** The Debian packages of a platform. */
export async function installWhatNeeds(name: string): Promise<void> {
  const platform = platformNamed(name);
  const packages = await ensurePackages(
    {
      needs: await platform.needs(cacheFolder(process.env)),
      path: process.env["PATH"] ?? "",
      ask: undefined,
      say: (text) => console.error(text),
    },
    localMachine(),
    AbortSignal.timeout(1_800_000),
  );
  if (!packages.ok) throw new Error(packages.problems.map(problemText).join("\n"));
}

/** Holds the lab, as a run would, so that no run measures beside a live test; returns how to give it back. */
export async function holdLab(): Promise<() => Promise<void>> {
  const name = platformNamed("x86_64-kvm").lock ?? "";
  const lock = await lockLab(name, {
    pid: process.pid,
    what: "dvirt's live tests",
    since: systemClock.now(),
  });
  if (!lock.ok) throw new Error(lock.problems.map(problemText).join("\n"));
  return () => lock.value.release();
}
