/** Text from machines and studies for a terminal: control characters, which could move its cursor, become `?`. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "?");
}
