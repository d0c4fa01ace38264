import { Duplex } from "node:stream";

/**
 * A stream to the same place, whose writes go on their way when the writer has returned, those of one turn in one piece.
 * ssh2 1.17 without its compiled part keeps a packet's nonce in a variable of the module and writes the packet's parts in
 * between. A connection inside another one's channel writes to that other one, which so took its nonce away.
 */
export function unhurried(stream: Duplex): Duplex {
  let pieces: Buffer[] = [];
  const send = () => {
    if (stream.writable) stream.write(Buffer.concat(pieces));
    pieces = [];
  };
  const outer = new Duplex({
    read: () => stream.resume(),
    write(piece: Buffer, _encoding, done) {
      if (pieces.push(piece) === 1) process.nextTick(send);
      if (stream.writableNeedDrain) stream.once("drain", done);
      else done();
    },
    final(done) {
      process.nextTick(() => stream.end(done));
    },
    destroy(error, done) {
      stream.destroy();
      done(error);
    },
  });
  stream.on("data", (chunk: Buffer) => {
    if (!outer.push(chunk)) stream.pause();
  });
  stream.on("end", () => outer.push(null));
  stream.on("error", (error) => outer.destroy(error));
  stream.on("close", () => outer.destroy());
  return outer;
}
