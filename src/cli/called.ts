/** Writes the commands that a text names as somebody here would type them: `./dvirt run` where dvirt was called so. */
export function asCalled(called: string, names: readonly string[]): (text: string) => string {
  const command = new RegExp(`(?<![\\w./-])dvirt (?=(?:${names.join("|")})\\b)`, "g");
  return (text) => (called === "dvirt" ? text : text.replaceAll(command, () => `${called} `));
}
