import { once } from "node:events";
import { join } from "node:path";
import { systemClock } from "../adapters/clock.ts";
import { readText } from "../adapters/files.ts";
import { type HttpServer, serveHttp } from "../adapters/http-server.ts";
import { isAlive } from "../adapters/process-life.ts";
import { newSecret, sameSecret } from "../adapters/secret.ts";
import { openLibrary } from "../adapters/store/library.ts";
import { printable } from "../core/base/problem.ts";
import { outputs } from "../outputs/index.ts";
import { references } from "../references/index.ts";
import type { Access } from "../web/access.ts";
import { createSite } from "../web/site.ts";
import { type Context, EXIT, type ExitCode, type StoreOption, say, storePath, tell } from "./context.ts";
import type { Define } from "./define.ts";
import { names, whole } from "./options.ts";
import { takesStore } from "./store-option.ts";

export const defineServe: Define = (command, context, end) => {
  takesStore(command)
    .option("--port <n>", "where it listens; 0 takes one that is free", whole(0, 65_535), 8090)
    .option(
      "--listen <address>",
      "listen for other machines too; readers then need the token that is printed",
    )
    .option("--name <hosts>", "host names by which it may be called; commas between", names)
    .action((options) => end(serveCommand(context, options)));
};

export interface ServeOptions extends StoreOption {
  readonly port: number;
  /** Loopback unless given. */
  readonly listen?: string;
  /** Host names by which it may be called beside `localhost`. */
  readonly name?: readonly string[];
}

const LOOPBACK = "127.0.0.1";

/** `dvirt serve`: the store as pages, until it is stopped. */
export async function serveCommand(context: Context, options: ServeOptions): Promise<ExitCode> {
  const opened = await openLibrary(storePath(context, options));
  if (!opened.ok) return tell(context, opened.problems);
  const library = opened.value;
  const address = options.listen ?? LOOPBACK;
  const token = isLoopback(address) ? undefined : newSecret();
  try {
    const report = (error: unknown) =>
      say(context, printable(`a page failed: ${error instanceof Error ? error.stack : String(error)}`));
    const site = await createSite({
      report,
      library,
      references,
      outputs,
      access: accessOf(options.name ?? [], token),
      isAlive: ({ process }) => isAlive(process),
      now: () => systemClock.now(),
      seconds: () => systemClock.seconds(),
      script: await readText(join(context.home, "dist", "web", "browser", "page.js")),
    });
    const served = await serveHttp(
      { address, port: options.port },
      (request) => site.answer(request),
      report,
    );
    if (!served.ok) return tell(context, served.problems);
    greet(context, served.value, token);
    const prepared = site.makeSummaries(context.signal).catch(report);
    if (!context.signal.aborted) await once(context.signal, "abort");
    await served.value.close();
    await prepared;
    return EXIT.fine;
  } finally {
    await library.close();
  }
}

function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** The session differs from the token, so that what a browser keeps opens nothing once this server has ended. */
function accessOf(names: readonly string[], token: string | undefined): Access {
  if (token === undefined) return { names };
  const session = newSecret();
  return {
    names,
    token: {
      session,
      isToken: (text) => sameSecret(text, token),
      isSession: (text) => sameSecret(text, session),
    },
  };
}

function greet(context: Context, { address, port }: HttpServer, token: string | undefined): void {
  const host = address.includes(":") ? `[${address}]` : address;
  context.output.write(`http://${host}:${port}/\n`);
  if (token !== undefined) {
    context.output.write(`token: ${token}\n`);
    say(
      context,
      "whoever has the token can read every run; the connection is not encrypted, so keep it in a network you trust",
    );
  }
  say(context, "Ctrl-C ends it");
}
