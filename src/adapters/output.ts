import type { Problem } from "../core/base/problem.ts";
import { systemProblem } from "./system-problem.ts";

export interface Outlived {
  /** Settles when everything has been handed on or is lost: the first loss that is a failure. */
  unwritten(): Promise<Problem | undefined>;
}

/** Whoever read has gone (`dvirt list | head`), or the terminal was closed: nobody misses the rest. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ECONNRESET"]);

/** Keeps a stream that cannot be written, to a full disk or to nobody, from ending the program. */
export function outlive(stream: NodeJS.WriteStream, name: string): Outlived {
  let first: NodeJS.ErrnoException | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.has(error.code)) first ??= error;
  });
  return {
    async unwritten() {
      await new Promise<void>((resolve) => {
        stream.write("", () => resolve());
      });
      if (first === undefined) return undefined;
      return {
        code: systemProblem(first)?.code ?? "disk-full",
        at: name,
        what: `it could not be written: ${first.message}`,
        hint: "the same command again, to where there is room: what was measured is in the store",
      };
    },
  };
}
