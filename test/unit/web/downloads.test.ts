import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { csv } from "../../../src/outputs/csv.ts";
import { json } from "../../../src/outputs/json.ts";
import { createDownloads } from "../../../src/web/downloads.ts";
import { madeUpReport } from "../made-up/report.ts";
import { filesOf } from "../outputs/rendered.ts";

const downloads = createDownloads([csv, json]);

async function downloaded(format: string) {
  const response = await downloads.report(madeUpReport(), format);
  if (response === undefined) throw new Error(`there is no format ${format}`);
  const { headers, body } = response;
  return { name: headers["content-disposition"], body: body instanceof Uint8Array ? body : String(body) };
}

test("a format of several files comes as one archive of them, whose bytes are always the same", async () => {
  const { name, body } = await downloaded("csv");
  if (typeof body === "string") throw new Error("text instead of an archive");
  expect(name).toMatch(/^attachment; filename="[^"]+-csv\.zip"$/);
  const files = Object.entries(unzipSync(body)).map(([file, bytes]) => [
    file,
    new TextDecoder().decode(bytes),
  ]);
  expect(files).toEqual((await filesOf(csv, madeUpReport())).map((file) => [file.name, file.content]));
  expect(files.length).toBeGreaterThan(1);
  expect((await downloaded("csv")).body).toEqual(body);
  // Bytes 10 to 13 of the first entry are its time and date: midnight of the first day that ZIP can say.
  expect([...body.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
});

test("a format of one file comes as that file, and an unknown format not at all", async () => {
  const { name, body } = await downloaded("json");
  expect(name).toMatch(/^attachment; filename="[^"]+\.json"$/);
  expect(body).toBe((await filesOf(json, madeUpReport()))[0]?.content);
  expect(await downloads.report(madeUpReport(), "tarot")).toBeUndefined();
});
