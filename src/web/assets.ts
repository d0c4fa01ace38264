import { STYLE } from "../outputs/html/style.ts";
import { WEB_STYLE } from "./style.ts";

/** Addresses of what pages load: with a hash of the content in them, so that a browser keeps them for good. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  readonly icon: string;
  /** By the last part of its address. */
  readonly files: ReadonlyMap<string, { readonly type: string; readonly content: string }>;
}

/** Levels within levels. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect x="1" y="1" width="22" height="22" rx="5" fill="#0072b2"/><rect x="5" y="7" width="14" height="13" rx="3" fill="#56b4e9"/><rect x="9" y="12" width="6" height="5" rx="1.5" fill="#fff"/></svg>`;

/** `script`: what the browser runs, compiled. */
export async function makeAssets(script: string): Promise<Assets> {
  const files = new Map<string, { type: string; content: string }>();
  const add = async (name: string, type: string, content: string): Promise<string> => {
    const [stem, extension] = name.split(".");
    const file = `${stem}-${await hashOf(content)}.${extension}`;
    files.set(file, { type, content });
    return `/assets/${file}`;
  };
  return {
    style: await add("dvirt.css", "text/css; charset=utf-8", `${STYLE}${WEB_STYLE}`),
    script: await add("dvirt.js", "text/javascript; charset=utf-8", script),
    icon: await add("dvirt.svg", "image/svg+xml", ICON),
    files,
  };
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest).slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
