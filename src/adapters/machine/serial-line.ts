import { Duplex } from "node:stream";

/** How an SSH server begins; a serial line carries whatever its kernel said before that. */
const BEGINNING = "SSH-";

/**
 * An SSH server's stream over a serial line. What comes before the server's first words is dropped. What is written
 * before them waits: until the server has the line, the line echoes, and the server would take an echo for a client.
 */
export function serverOnSerialLine(line: Duplex): Duplex {
  let early: Buffer | undefined = Buffer.alloc(0);
  let held: (() => void) | undefined;
  const stream = new Duplex({
    read: () => void line.resume(),
    write: (chunk, _encoding, done) => {
      const pass = () => void line.write(chunk, done);
      if (early === undefined) pass();
      else held = pass; // the stream hands over one chunk at a time
    },
    final: (done) => void line.end(done),
    destroy: (error, done) => {
      line.destroy();
      done(error);
    },
  });
  const give = (chunk: Buffer) => {
    if (!stream.push(chunk)) line.pause();
  };
  line.on("data", (chunk: Buffer) => {
    if (early === undefined) return give(chunk);
    early = Buffer.concat([early, chunk]);
    const at = early.indexOf(BEGINNING);
    if (at < 0) early = early.subarray(-(BEGINNING.length - 1));
    // The whole first line: a client that spoke in the middle of it was seen to spoil the rest.
    if (at < 0 || !early.includes("\n", at)) return;
    const begun = early.subarray(at);
    early = undefined;
    give(begun);
    held?.();
  });
  line.on("end", () => stream.push(null));
  line.on("close", () => stream.destroy());
  return stream;
}
