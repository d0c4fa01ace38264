import { connect, type Socket } from "node:net";

/** QEMU's monitor behind a socket of the kernel's abstract namespace: it speaks QMP, a line of JSON each. */
export interface Monitor {
  /** What a line of the monitor for people prints; undefined where the monitor is gone. */
  ask(line: string): Promise<string | undefined>;
  close(): void;
}

/** Undefined where nobody listens, as before the emulator has come up. The name has 107 characters (see qemu-steps). */
export async function openMonitor(name: string): Promise<Monitor | undefined> {
  const socket = connect({ path: `\0${name}` });
  const replies = repliesOf(socket);
  // A socket that nobody listens to ends at once.
  const greeting = await replies.next();
  if (greeting === undefined) return undefined;
  const say = async (execute: string, more: object = {}): Promise<string | undefined> => {
    if (socket.destroyed) return undefined;
    socket.write(`${JSON.stringify({ execute, ...more })}\n`);
    const reply = await replies.next();
    return typeof reply === "string" ? reply : undefined;
  };
  await say("qmp_capabilities");
  return {
    ask: (line) => say("human-monitor-command", { arguments: { "command-line": line } }),
    close: () => socket.destroy(),
  };
}

/** Every answer of the monitor in turn: what it returned, or its greeting; undefined at the end. Events are left out. */
function repliesOf(socket: Socket): { next(): Promise<unknown> } {
  const waiting: unknown[] = [];
  let wanted: ((reply: unknown) => void) | undefined;
  let [text, over] = ["", false];
  const give = (reply: unknown) => {
    if (wanted === undefined) waiting.push(reply);
    else wanted(reply);
    wanted = undefined;
  };
  socket.on("data", (chunk) => {
    const lines = (text + chunk.toString("utf8")).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const said: { readonly event?: string; readonly QMP?: object; readonly return?: unknown } =
        JSON.parse(line);
      if (said.event === undefined) give(said.QMP ?? said.return ?? "");
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    over = true;
    wanted?.(undefined);
  });
  return {
    next: () =>
      waiting.length > 0 || over
        ? Promise.resolve(waiting.shift())
        : new Promise((resolve) => {
            wanted = resolve;
          }),
  };
}
