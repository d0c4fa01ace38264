import { createHash } from "node:crypto";
import { connect, createServer } from "node:net";
import { resolve } from "node:path";
import { failed, ok, type Result } from "../core/base/problem.ts";

/** The lock of a lab that shares nothing but a store file, however the file is named. */
export function storeLockName(path: string): string {
  return `dvirt-store-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 32)}`;
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
    if (other === undefined) continue; // it ended in between
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

/** Who holds the lab now, without taking it; undefined where nobody does. */
export function labHolder(name: string): Promise<Holder | undefined> {
  return ask(`\0${name}`);
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

function ask(path: string): Promise<Holder | undefined> {
  return new Promise((done) => {
    const socket = connect({ path });
    let text = "";
    socket.setTimeout(3000, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.on("error", () => {});
    socket.on("close", () => done(text === "" ? undefined : JSON.parse(text)));
  });
}
