import { type PageRequest, type PageResponse, redirect, STATUS, textResponse } from "./exchange.ts";
import { tokenPage } from "./token-page.ts";

/** Who may read. */
export interface Access {
  /** Names beside `localhost` and addresses by which this server may be called. */
  readonly names: readonly string[];
  /** Absent where only this machine can connect. */
  readonly token?: TokenAccess;
}

export interface TokenAccess {
  /** Whether a token is the one that was printed; in constant time. */
  readonly isToken: (text: string) => boolean;
  /** What a browser keeps instead of it, for as long as this server runs. */
  readonly session: string;
  readonly isSession: (text: string) => boolean;
}

const COOKIE = "dvirt-session";
/** Wrong tokens per minute, of all readers together: 192 bits are not found at that rate. */
const WRONG_TOKENS_PER_MINUTE = 10;

/** What to answer instead of the page; undefined where the page may be read. */
type Gate = (request: PageRequest) => PageResponse | undefined;

/**
 * Lets a request through only under a name that is this server's own (a page elsewhere can have its name point here,
 * and could then read everything: DNS rebinding), and with the token where one is asked for.
 */
export function createGate({ names, token }: Access, seconds: () => number): Gate {
  const wrong: number[] = [];
  const known = (request: PageRequest, access: TokenAccess) =>
    access.isSession(cookie(request)) || access.isToken(bearer(request));
  const signIn = (request: PageRequest, access: TokenAccess): PageResponse => {
    const now = seconds();
    while ((wrong[0] ?? now) < now - 60) wrong.shift();
    if (wrong.length >= WRONG_TOKENS_PER_MINUTE) {
      const asked = tokenPage(STATUS.tooMany, "Too many wrong tokens: wait a minute.");
      return { ...asked, headers: { ...asked.headers, "retry-after": "60" } };
    }
    if (access.isToken(request.form.get("token") ?? "")) {
      return redirect("/", {
        "set-cookie": `${COOKIE}=${access.session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800`,
      });
    }
    wrong.push(now);
    return tokenPage(STATUS.unauthorized, "This is not the token that dvirt serve printed.");
  };
  return (request) => {
    if (!isOwnName(request.headers.get("host"), names)) return MISDIRECTED;
    const signsIn = token !== undefined && request.method === "POST" && request.path.join("/") === "token";
    if (signsIn && ownOrigin(request)) return signIn(request, token);
    if (request.method === "POST") return WRONG_METHOD;
    if (token === undefined || known(request, token)) return undefined;
    return tokenPage(STATUS.unauthorized, undefined);
  };
}

const MISDIRECTED = textResponse(
  STATUS.misdirected,
  "dvirt serve does not answer to this name; --name NAME makes it do so",
);

const WRONG_METHOD = textResponse(STATUS.wrongMethod, "these pages can only be read", { allow: "GET, HEAD" });

/** A host name that is an address cannot be pointed elsewhere by anybody's name server. */
export function isOwnName(host: string | undefined, names: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d{1,5})?$/i.exec(host ?? "")?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return (
    name === "localhost" ||
    name.startsWith("[") ||
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) ||
    names.some((own) => own.toLowerCase() === name)
  );
}

/** A form of another site cannot sign its reader in here. */
function ownOrigin(request: PageRequest): boolean {
  const origin = request.headers.get("origin");
  return origin === undefined || origin === `http://${request.headers.get("host")}`;
}

function cookie(request: PageRequest): string {
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? "";
}

function bearer(request: PageRequest): string {
  return /^Bearer (\S+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
}
