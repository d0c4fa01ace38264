/** The only place that turns an argv array into text for a POSIX shell. A first word is a command, whatever it looks like. */
export function shellQuote(argv: readonly string[]): string {
  return argv
    .map((word, index) => ((index === 0 ? PLAIN_COMMAND : PLAIN).test(word) ? word : quoted(word)))
    .join(" ");
}

const PLAIN = /^[A-Za-z0-9_/.:=,@%+-]+$/;

/** As a first word, text must also be neither an assignment nor a reserved word of the shell. */
const PLAIN_COMMAND =
  /^(?!(?:case|coproc|do|done|elif|else|esac|fi|for|function|if|in|select|then|time|until|while)$)[A-Za-z0-9_/.:,@%+-]+$/;

/** One word that is never taken for anything else. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
