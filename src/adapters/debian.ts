import { delimiter, join } from "node:path";
import { lastLines, succeeded } from "../core/base/command.ts";
import { failed, ok, type Result } from "../core/base/problem.ts";
import type { Machine } from "../lab/ports.ts";
import { exists } from "./files.ts";

export interface PackageRequest {
  /** Files or commands that must be there, each with the Debian package that brings it. */
  readonly needs: Readonly<Record<string, string>>;
  readonly path: string;
  /** Asks a person; undefined where nobody can be asked. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  readonly say: (text: string) => void;
}

/** Installs the Debian packages that are missing, after naming them; fails with the exact command where it may not. */
export async function ensurePackages(
  request: PackageRequest,
  host: Machine,
  signal: AbortSignal,
): Promise<Result<"present">> {
  const missing = await missingPackages(request);
  if (missing.length === 0) return ok("present");
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : request.ask === undefined ? ["sudo", "-n"] : ["sudo"];
  const install = [
    ...sudo,
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    ...missing,
  ];
  const refuse = (why: string, evidence = "") =>
    failed({
      code: "packages-missing",
      what: `Debian packages are missing: ${missing.join(", ")}; ${why}`,
      hint: `apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}   (as root)`,
      evidence,
    });
  if (!(await onPath("apt-get", request.path))) return refuse("this is no Debian or Ubuntu machine");
  if (!isRoot && !(await onPath("sudo", request.path)))
    return refuse("this user is not root and there is no sudo");
  request.say(`missing Debian packages: ${missing.join(", ")}`);
  if (request.ask !== undefined && !(await request.ask("Install them now?")))
    return refuse("they were not to be installed");
  request.say(`installing: ${missing.join(", ")}`);
  const attempt = () => host.run({ argv: install, timeoutSeconds: 1800 }, signal);
  // Package lists that are there may do; fresh machines and old lists need an update first.
  let done = await attempt();
  if (!succeeded(done)) {
    await host.run({ argv: [...sudo, "apt-get", "update"], timeoutSeconds: 600 }, signal);
    done = await attempt();
  }
  if (!succeeded(done)) return refuse("apt-get could not install them", lastLines(done.stderr, 8));
  const still = await missingPackages(request);
  return still.length === 0
    ? ok("present")
    : refuse(`apt-get succeeded, and still there is no ${still.join(", ")}`);
}

/** The Debian packages that are needed and not there. */
export async function missingPackages({
  needs,
  path,
}: Pick<PackageRequest, "needs" | "path">): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const [file, name] of Object.entries(needs)) {
    const found = file.startsWith("/") ? await exists(file) : await onPath(file, path);
    if (!found) missing.add(name);
  }
  return [...missing];
}

async function onPath(command: string, path: string): Promise<boolean> {
  return (await pathOf(command, path)) !== undefined;
}

/** Where a command is, by a PATH and the folders of an administrator's. */
export async function pathOf(command: string, path: string): Promise<string | undefined> {
  for (const folder of [...path.split(delimiter), "/usr/sbin", "/sbin"]) {
    const file = join(folder, command);
    if (await exists(file)) return file;
  }
  return undefined;
}
