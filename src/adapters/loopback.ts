import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A port of this host's loopback interface that takes one caller, once. */
export interface LoopbackPort {
  readonly port: number;
  /** Settles when somebody has called; the port is closed then. Never settles where nobody does. */
  readonly caller: Promise<Duplex>;
  close(): void;
}

export function openLoopbackPort(): Promise<LoopbackPort> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    const caller = new Promise<Duplex>((settle) => {
      server.once("connection", (socket: Socket) => {
        server.close();
        socket.setNoDelay(true);
        socket.on("error", () => {}); // shows as the end of the stream
        settle(socket);
      });
    });
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a TCP port has an address");
      resolve({ port: address.port, caller, close: () => void server.close() });
    });
  });
}
