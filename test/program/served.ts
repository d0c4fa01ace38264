import { request as ask } from "node:http";
import type { Place } from "../lab/place.ts";
import { type Running, startDvirt } from "./built-program.ts";

export interface Served {
  /** `http://127.0.0.1:PORT`. */
  readonly base: string;
  readonly port: number;
  readonly address: string;
  /** As printed; absent on loopback. */
  readonly token: string | undefined;
  readonly running: Running;
  stop(): Promise<void>;
}

/** The built `dvirt serve` over the place's store, on a free port. */
export async function serve(place: Place, options: readonly string[] = []): Promise<Served> {
  const running = startDvirt(place, ["serve", "--port", "0", ...options]);
  if (!(await running.lines(/Ctrl-C ends it/, 1))) {
    throw new Error(`dvirt serve did not start: ${(await running.ended).stderr}`);
  }
  const [, host = "", port = ""] = /^http:\/\/(\S+):(\d+)\/$/m.exec(running.output()) ?? [];
  return {
    base: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`,
    port: Number(port),
    address: host,
    token: /^token: (\S+)$/m.exec(running.output())?.[1],
    running,
    async stop() {
      running.kill("SIGTERM");
      const ended = await running.ended;
      if (ended.code !== 0) throw new Error(`dvirt serve ended with ${ended.code}: ${ended.stderr}`);
    },
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where to connect to, whatever the Host header says. */
  readonly address?: string;
}

/** One request exactly as given: no browser's or library's tidying of addresses. */
export function asked(served: Served, target: string, asking: Asking = {}): Promise<Answered> {
  const { method = "GET", headers = {}, body, address = "127.0.0.1" } = asking;
  return new Promise((resolve, reject) => {
    const request = ask(
      { host: address, port: served.port, path: target, method, headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
