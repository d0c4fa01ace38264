import { createGate } from "./access.ts";
import { makeAssets } from "./assets.ts";
import { createDownloads } from "./downloads.ts";
import { type PageRequest, type PageResponse, STATUS, textResponse } from "./exchange.ts";
import { createLiveStream } from "./live-stream.ts";
import { problemPage } from "./problem-page.ts";
import { createReports } from "./reports.ts";
import { routeTo } from "./routes.ts";
import type { Shelf, SiteOptions } from "./shelf.ts";
import { createSummaries } from "./summaries.ts";

export interface Site {
  answer(request: SentRequest): Promise<PageResponse>;
  /** Works out what lists need and nobody has yet, until it is done or the signal aborts. */
  makeSummaries(signal: AbortSignal): Promise<void>;
}

/** As it came, within the server's bounds. */
export interface SentRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** The pages over a store; pure but for what its options do. */
export async function createSite(options: SiteOptions): Promise<Site> {
  const { library, references, outputs, access, script, seconds } = options;
  const shelf: Shelf = {
    ...options,
    assets: await makeAssets(script),
    reports: createReports(library, references),
    summaries: createSummaries(library, () => seconds() * 1000, options.report),
    downloads: createDownloads(outputs),
    stream: createLiveStream(),
    formats: outputs.map(({ name }) => name),
  };
  const refused = createGate(access, seconds);
  return {
    async answer(sent) {
      const request = readRequest(sent);
      if (request === undefined) return secured(BAD_REQUEST);
      return secured(refused(request) ?? (await routed(request, shelf)));
    },
    makeSummaries: (signal) => shelf.summaries.makeMissing(signal),
  };
}

async function routed(request: PageRequest, shelf: Shelf): Promise<PageResponse> {
  const found = await routeTo(request, shelf);
  if (found !== undefined) return found;
  return problemPage(shelf.assets, STATUS.notFound, [
    {
      code: "no-page",
      at: `/${request.path.join("/")}`,
      what: "there is no such page, run, trial or study here",
      hint: "the list of runs",
    },
  ]);
}

/**
 * Undefined for what no browser sends to these pages; a method that is none of theirs is refused like a form. Names in
 * a path are looked up in the store and nowhere else, and none of them has dots alone, a slash or a control character
 * in it.
 */
function readRequest({ method, target, headers, body, signal }: SentRequest): PageRequest | undefined {
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    return {
      method: "POST",
      path: [],
      query: new URLSearchParams(),
      headers,
      form: new URLSearchParams(),
      signal,
    };
  }
  const [path = "", ...query] = target.split("?");
  if (!path.startsWith("/")) return undefined;
  const parts = path.split("/").filter(Boolean).map(decoded);
  if (!parts.every(isName)) return undefined;
  return {
    method,
    path: parts,
    query: new URLSearchParams(query.join("?")),
    headers,
    form: new URLSearchParams(body),
    signal,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isName(part: string | undefined): part is string {
  return part !== undefined && !/^\.+$|[/\\\p{Cc}]/u.test(part);
}

const BAD_REQUEST = textResponse(STATUS.badRequest, "this is no address of these pages");

/** What every answer carries: pages run and load nothing but this server's own, and stand in no other page. */
const SECURITY: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "cache-control": "no-cache",
};

function secured(response: PageResponse): PageResponse {
  return { ...response, headers: { ...SECURITY, ...response.headers } };
}
