import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { serverOnSerialLine } from "../../../src/adapters/machine/serial-line.ts";

/** A line whose guest says what it is told to, and which keeps what is sent to it. */
function madeUpLine() {
  const sent: string[] = [];
  const line = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk.toString());
      done();
    },
  });
  return { line, sent, say: (text: string) => void line.push(text) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what the kernel says before the server is dropped, and a client is held back until then", async () => {
  const { line, sent, say } = madeUpLine();
  const stream = serverOnSerialLine(line);
  const heard: string[] = [];
  stream.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
  stream.write("SSH-2.0-client\r\n");
  stream.write("more");
  say("[    0.1] a kernel speaks\r\nS");
  await turn();
  say("S");
  await turn();
  expect([heard.join(""), sent]).toEqual(["", []]);
  say("SH-2.0-ser");
  await turn();
  expect([heard.join(""), sent]).toEqual(["", []]);
  say("ver\r\n");
  await turn();
  await turn();
  expect(heard.join("")).toBe("SSH-2.0-server\r\n");
  expect(sent.join("")).toBe("SSH-2.0-client\r\nmore");
  say("later");
  await turn();
  expect(heard.join("")).toBe("SSH-2.0-server\r\nlater");
});

test("the end of the line is the end of the stream", async () => {
  const { line, say } = madeUpLine();
  const stream = serverOnSerialLine(line);
  const ended = new Promise((resolve) => stream.on("close", resolve));
  stream.resume();
  say("SSH-");
  line.push(null);
  line.destroy();
  await ended;
  expect(stream.destroyed).toBe(true);
});
