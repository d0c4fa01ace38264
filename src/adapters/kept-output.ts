import { rawText } from "./raw-text.ts";

/** What is kept of one stream of a command's output: far more than any workload says. */
export const KEPT_BYTES = { head: 8 * 2 ** 20, tail: 8 * 2 ** 20 } as const;

export interface KeptOutput {
  add(chunk: Buffer): void;
  /** The beginning and the end, with a line between them that says what is missing. */
  text(): string;
  /** Bytes that are missing. */
  leftOut(): number;
}

/** Keeps a stream in bounded memory, however long it gets. */
export function keepOutput({ head: headBytes, tail: tailBytes } = KEPT_BYTES): KeptOutput {
  const head: Buffer[] = [];
  let headLeft: number = headBytes;
  let tail: Buffer[] = [];
  let [tailLength, leftOut] = [0, 0];
  return {
    add(chunk) {
      const begun = chunk.subarray(0, headLeft);
      headLeft -= begun.length;
      if (begun.length > 0) head.push(begun);
      const rest = chunk.subarray(begun.length);
      if (rest.length === 0) return;
      tail.push(rest);
      tailLength += rest.length;
      if (tailLength < 2 * tailBytes) return;
      const end = Buffer.concat(tail).subarray(-tailBytes);
      leftOut += tailLength - end.length;
      // A copy, so that what is left out is not held by what is kept.
      tail = [Buffer.from(end)];
      tailLength = end.length;
    },
    text() {
      const all = Buffer.concat(tail);
      const end = all.subarray(Math.max(0, all.length - tailBytes));
      const missing = leftOut + all.length - end.length;
      if (missing === 0) return rawText(Buffer.concat([...head, end]));
      return `${rawText(Buffer.concat(head))}\n[dvirt: ${missing} bytes were left out here]\n${rawText(end)}`;
    },
    leftOut: () => leftOut + Math.max(0, tailLength - tailBytes),
  };
}
