import { Duplex, Transform } from "node:stream";
import { shellQuote } from "../shell.ts";

/** What a login's shell takes as one word; csh of old takes no longer ones than 1024 bytes. */
const WORD_BYTES = 900;

/**
 * One line by which the login's shell, whichever it is, becomes a command. Shells quote in their own ways: csh and tcsh
 * know no newline within quotes, and `!` is never plain to them; fish escapes within single quotes. So `sh` gets the
 * command as words of plain bytes and of `\0ooo`, which all of them leave alone in single quotes, and makes text of it.
 */
export function loginLine(argv: readonly string[]): string {
  const words = encoded(`exec ${shellQuote(argv)}`).map((word) => `'${word}'`);
  return `exec sh -c 'eval "$(printf %b "$@")"' dvirt ${words.join(" ")}`;
}

function encoded(text: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    word += /[A-Za-z0-9 _/.:=,@+-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, "0")}`;
    if (word.length < WORD_BYTES) continue;
    words.push(word);
    word = "";
  }
  return word === "" ? words : [...words, word];
}

/** A command says this and its mark in a line before all else. */
export const BEGUN = "dvirt-begun";

/** What a command said, without what the login's start-up files said before it. */
export function withoutLogin(stdout: string, mark: string): string {
  const tag = `${BEGUN} ${mark}\n`;
  const at = stdout.indexOf(tag);
  return at < 0 ? stdout : stdout.slice(at + tag.length);
}

/** The stream of a command, from where it has begun on. */
export function streamAfterLogin(stream: Duplex, mark: string): Duplex {
  const tag = Buffer.from(`${BEGUN} ${mark}\n`);
  let before: Buffer | undefined = Buffer.alloc(0);
  const begun = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (before === undefined) return done(null, chunk);
      before = Buffer.concat([before, chunk]);
      const at = before.indexOf(tag);
      if (at < 0) {
        // Only its end may hold the beginning of the mark.
        before = before.subarray(-tag.length);
        return done();
      }
      const rest = before.subarray(at + tag.length);
      before = undefined;
      done(null, rest.length === 0 ? undefined : rest);
    },
  });
  stream.on("error", () => begun.end());
  stream.pipe(begun);
  const both = Duplex.from({ readable: begun, writable: stream });
  both.on("error", () => {});
  return both;
}
