import { createHash } from "node:crypto";
import { readlink, realpath } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { failed, ok, type Result } from "../core/base/problem.ts";

/** The lock of a lab that shares nothing but a store file, by whichever path or link the file is named. */
export async function storeLockName(path: string): Promise<string> {
  return `dvirt-store-${createHash("sha256")
    .update(await realPath(path))
    .digest("hex")
    .slice(0, 32)}`;
}

/** Of a file that is not there yet: its folder's, or where a link to it points. */
async function realPath(path: string, links = 40): Promise<string> {
  const there = await realpath(path).catch(() => undefined);
  if (there !== undefined || path === dirname(path)) return there ?? path;
  const target = links === 0 ? undefined : await readlink(path).catch(() => undefined);
  if (target !== undefined) return realPath(resolve(dirname(path), target), links - 1);
  return join(await realPath(dirname(resolve(path)), links), basename(path));
}

export interface LabLock {
  release(): Promise<void>;
}

/** Who holds the lab, as the holder tells whoever asks. */
export interface Holder {
  readonly pid: number;
  readonly what: string;
  readonly since: string;
}

/**
 * One run at a time on a machine: two would measure each other. The lock is a socket in the kernel's
 * abstract namespace, so it is gone with its process however that ends, and it can say who holds it.
 */
export async function lockLab(name: string, holder: Holder): Promise<Result<LabLock>> {
  const path = `\0${name}`;
  for (let attempt = 0; attempt < 2; attempt++) {
    const lock = await listen(path, holder);
    if (lock !== undefined) return ok(lock);
    const other = await ask(path);
    if (other === "nobody") continue; // it ended in between
    if (other === "a stranger") {
      return failed({
        code: "lab-busy",
        at: name,
        what: "something that is no dvirt holds the name by which runs on this machine know of each other",
        hint: `find it with: ss -xlp | grep ${name}`,
      });
    }
    return failed({
      code: "lab-busy",
      at: name,
      what: `another dvirt holds the lab on this machine: ${other.what} (process ${other.pid}, since ${other.since})`,
      hint: "wait for it, or stop it with Ctrl-C where it runs: two runs at once would measure each other",
    });
  }
  return failed({
    code: "lab-busy",
    at: name,
    what: "another dvirt holds the lab on this machine and does not answer",
  });
}

/** Who holds the lab now, without taking it; undefined where nobody does, or nobody who says so. */
export async function labHolder(name: string): Promise<Holder | undefined> {
  const holder = await ask(`\0${name}`);
  return typeof holder === "string" ? undefined : holder;
}

function listen(path: string, holder: Holder): Promise<LabLock | undefined> {
  return new Promise((done, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(JSON.stringify(holder));
    });
    server.unref();
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") done(undefined);
      else reject(error);
    });
    server.listen({ path }, () =>
      done({
        release: () =>
          new Promise((closed) => {
            server.close(() => closed());
          }),
      }),
    );
  });
}

function ask(path: string): Promise<Holder | "nobody" | "a stranger"> {
  return new Promise((done) => {
    const socket = connect({ path });
    let text = "";
    let connected = false;
    // Of all that it says together: a stranger may go on for ever.
    const timer = setTimeout(() => socket.destroy(), 3000);
    socket.on("connect", () => {
      connected = true;
    });
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
      if (text.length > HOLDER_CHARACTERS) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      done(holderIn(text) ?? (connected && text !== "" ? "a stranger" : "nobody"));
    });
  });
}

/** Far more than a holder says. */
const HOLDER_CHARACTERS = 65_536;

function holderIn(text: string): Holder | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== "object" || said === null) return undefined;
    const { pid, what, since } = { pid: 0, what: "", since: "", ...said };
    return Number.isInteger(pid) && typeof what === "string" && typeof since === "string" && what !== ""
      ? { pid, what, since }
      : undefined;
  } catch {
    return undefined;
  }
}
