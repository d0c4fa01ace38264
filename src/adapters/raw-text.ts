import { isUtf8 } from "node:buffer";

/**
 * What was printed, as text that can be made bytes again: a byte that is no UTF-8 becomes half of a surrogate pair,
 * U+DC80 to U+DCFF, which no valid text has (as in Python's PEP 383). Wherever it is shown, it is written as U+FFFD.
 */
export function rawText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return bytes
    .toString("latin1")
    .replace(HIGH_BYTES, (run) =>
      run.replace(SEQUENCE, (part) =>
        part.length > 1
          ? Buffer.from(part, "latin1").toString("utf8")
          : String.fromCharCode(ESCAPED + part.charCodeAt(0)),
      ),
    );
}

/** The bytes that such a text was made of. */
export function rawBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const pieces = text.split(ESCAPES);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 0
        ? Buffer.from(piece, "utf8")
        : Buffer.from(Array.from(piece, (one) => one.charCodeAt(0) - ESCAPED)),
    ),
  );
}

const ESCAPED = 0xdc00;

/** Lone halves alone: with `u` those of a pair are one character. */
const ESCAPES = /([\udc80-\udcff]+)/u;

const HIGH_BYTES = /[\x80-\xff]+/g;

/** A character of more than one byte (RFC 3629, section 4), or a byte that is none. */
const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;
