/** What a browser asks for, after the server has held it against its bounds. */
export interface PageRequest {
  readonly method: "GET" | "HEAD" | "POST";
  /** Decoded, without empty ones: `/runs/a%20b/` is `["runs", "a b"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of a form; empty for everything else. */
  readonly form: URLSearchParams;
  /** Aborts when the reader has gone, or the server closes. */
  readonly signal: AbortSignal;
}

export interface PageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** In pieces, where it is not over when it begins. */
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

export const STATUS = {
  ok: 200,
  seeOther: 303,
  notModified: 304,
  badRequest: 400,
  unauthorized: 401,
  notFound: 404,
  wrongMethod: 405,
  misdirected: 421,
  tooMany: 429,
  unavailable: 503,
} as const;

export function htmlResponse(status: number, body: string): PageResponse {
  return { status, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

/** A sentence for whoever gets no page. */
export function textResponse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): PageResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `${text}\n` };
}

/** A page that was found. */
export function page(body: string): PageResponse {
  return htmlResponse(STATUS.ok, body);
}

export function redirect(to: string, headers: Readonly<Record<string, string>> = {}): PageResponse {
  return { status: STATUS.seeOther, headers: { ...headers, location: to }, body: "" };
}

/** A file for the reader to keep. */
export function download(name: string, type: string, body: string | Uint8Array): PageResponse {
  // Anything but these could end the quoted name.
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return {
    status: STATUS.ok,
    headers: { "content-type": type, "content-disposition": `attachment; filename="${safe}"` },
    body,
  };
}
