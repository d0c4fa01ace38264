import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { failed, ok, type Problem, type Result } from "../core/base/problem.ts";

/** A request whose sizes are within bounds. */
export interface ServedRequest {
  readonly method: string;
  /** Path and query as the reader sent them. */
  readonly target: string;
  /** By lower-case name; of one that came several times, the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface ServedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

export interface HttpServer {
  readonly address: string;
  readonly port: number;
  /** Ends what is open. */
  close(): Promise<void>;
}

/** The limits of one server. Readers beyond them are turned away, and nothing else breaks. */
const BOUNDS = {
  connections: 512,
  headerBytes: 16 * 1024,
  targetCharacters: 4096,
  bodyBytes: 4096,
  headersMilliseconds: 10_000,
  requestMilliseconds: 15_000,
  /** Longer than a person looks at a page: a connection that is closed just as it is used again is a failed page. */
  idleMilliseconds: 75_000,
} as const;

/** Listens, and answers what `handle` says; a rejection of it is told to `report` and answered with 500. */
export async function serveHttp(
  { address, port }: { readonly address: string; readonly port: number },
  handle: (request: ServedRequest) => Promise<ServedResponse>,
  report: (error: unknown) => void,
): Promise<Result<HttpServer>> {
  const closing = new AbortController();
  const server = createServer(
    {
      maxHeaderSize: BOUNDS.headerBytes,
      headersTimeout: BOUNDS.headersMilliseconds,
      requestTimeout: BOUNDS.requestMilliseconds,
      keepAliveTimeout: BOUNDS.idleMilliseconds,
      insecureHTTPParser: false,
    },
    (incoming, outgoing) => {
      answer(incoming, outgoing, handle, closing.signal).catch((error: unknown) => {
        if (outgoing.headersSent) outgoing.destroy();
        else plain(outgoing, 500, "a bug in dvirt; its message is where dvirt serve was started\n");
        if (!isGone(error)) report(error);
      });
    },
  );
  server.maxConnections = BOUNDS.connections;
  const problem = await listening(server, address, port);
  if (problem !== undefined) return failed(problem);
  const bound = server.address();
  return ok({
    address,
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    async close() {
      closing.abort(new Error("the server closes"));
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  });
}

function listening(server: Server, address: string, port: number) {
  return new Promise<Problem | undefined>((settle) => {
    server.once("error", (error) =>
      settle({
        code: "no-address",
        at: `${address}:${port}`,
        what: `nothing can listen there: ${error.message}`,
        hint: "another port with --port N; --port 0 takes one that is free",
      }),
    );
    server.listen(port, address, () => settle(undefined));
  });
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: ServedRequest) => Promise<ServedResponse>,
  closing: AbortSignal,
): Promise<void> {
  const begun = process.hrtime.bigint();
  const target = incoming.url ?? "/";
  if (target.length > BOUNDS.targetCharacters) return plain(outgoing, 414, "the address is too long\n");
  const body = await bodyOf(incoming);
  if (body === undefined) return plain(outgoing, 413, "the request is too large\n");
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort(new Error("the reader has gone")));
  const response = await handle({
    method: incoming.method ?? "",
    target,
    headers: headersOf(incoming),
    body,
    signal: AbortSignal.any([gone.signal, closing]),
  });
  const milliseconds = Number(process.hrtime.bigint() - begun) / 1e6;
  outgoing.writeHead(response.status, {
    ...response.headers,
    "server-timing": `page;dur=${milliseconds.toFixed(2)}`,
  });
  await send(outgoing, incoming.method === "HEAD" ? "" : response.body);
}

async function send(outgoing: ServerResponse, body: ServedResponse["body"]): Promise<void> {
  if (typeof body === "string" || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  outgoing.flushHeaders();
  for await (const piece of body) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(piece)) await Promise.race([once(outgoing, "drain"), once(outgoing, "close")]);
  }
  outgoing.end();
}

/** Undefined where it is larger than anything that may be sent here. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming) {
    if (!(piece instanceof Buffer)) continue;
    bytes += piece.length;
    if (bytes > BOUNDS.bodyBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, typeof value === "string" ? value : (value.at(-1) ?? "")]],
    ),
  );
}

function plain(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
    connection: "close",
  });
  outgoing.end(text);
}

/** A reader who goes away in the middle is no bug. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "AbortError" ||
      /the reader has gone|the server closes|aborted|ECONNRESET|EPIPE/.test(error.message))
  );
}
