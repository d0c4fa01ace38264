import { html, type Markup } from "./markup.ts";

/** The label of a report above its page. */
export function banner(label: string | undefined): Markup | undefined {
  if (label === undefined) return undefined;
  const first = firstWords(label);
  return html`<p class="banner"><strong>${first}</strong>${label.slice(first.length)}</p>
`;
}

/** `EMULATED HARDWARE: `, as the title of a page begins; nothing without a label. */
export function titlePrefix(label: string | undefined): string | undefined {
  return label === undefined ? undefined : `${firstWords(label)}: `;
}

/** `EMULATED HARDWARE`, as the label begins. */
function firstWords(label: string): string {
  return label.split(":")[0] ?? label;
}
