import { expect, test } from "vitest";
import { zip } from "../../../src/outputs/zip.ts";

/** The archive's own directory, read from its end as a reader of such files does. */
function entries(archive: Uint8Array) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    expect(view.getUint32(at, true)).toBe(0x02014b50);
    const [crc, size, nameLength, local] = [
      view.getUint32(at + 16, true),
      view.getUint32(at + 24, true),
      view.getUint16(at + 28, true),
      view.getUint32(at + 42, true),
    ];
    expect(view.getUint32(local, true)).toBe(0x04034b50);
    const name = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength));
    const from = local + 30 + view.getUint16(local + 26, true);
    at += 46 + nameLength;
    return { name, crc, content: new TextDecoder().decode(archive.subarray(from, from + size)) };
  });
}

test("an archive holds each file under its name, with the checksum that the format asks for", () => {
  const archive = zip([
    { name: "figures/a.svg", content: "<svg/>" },
    { name: "größe.txt", content: new TextEncoder().encode("123456789") },
    { name: "empty", content: "" },
  ]);
  expect(entries(archive)).toEqual([
    { name: "figures/a.svg", content: "<svg/>", crc: expect.any(Number) },
    // The check value of CRC-32 in every catalogue of them.
    { name: "größe.txt", content: "123456789", crc: 0xcbf43926 },
    { name: "empty", content: "", crc: 0 },
  ]);
});

test("the same files give the same bytes, and no file at all an archive that is empty", () => {
  const files = [{ name: "a", content: "b" }];
  expect(zip(files)).toEqual(zip(files));
  expect(entries(zip([]))).toEqual([]);
});
