import type { OutputFile } from "./output.ts";

/**
 * Files as one ZIP archive, stored without compression (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4). The same files
 * give the same bytes: all carry the first date that the format can say.
 */
export function zip(files: readonly OutputFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const path = new TextEncoder().encode(name);
    const common = [
      ...[...u16(20), ...u16(UTF8_NAMES), ...u16(STORED), ...u16(0), ...u16(FIRST_DAY)],
      ...[...u32(crc32(bytes)), ...u32(bytes.length), ...u32(bytes.length), ...u16(path.length), ...u16(0)],
    ];
    const local = Uint8Array.from([...u32(0x04034b50), ...common]);
    parts.push(local, path, bytes);
    const where = [...u16(0), ...u16(0), ...u16(0), ...u32(0), ...u32(offset)];
    directory.push(Uint8Array.from([...u32(0x02014b50), ...u16(20), ...common, ...where]), path);
    offset += local.length + path.length + bytes.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = u16(files.length);
  const end = [
    ...u32(0x06054b50),
    ...u16(0),
    ...u16(0),
    ...count,
    ...count,
    ...u32(size),
    ...u32(offset),
    ...u16(0),
  ];
  return joined([...parts, ...directory, Uint8Array.from(end)]);
}

const UTF8_NAMES = 0x0800;
const STORED = 0;
/** 1 January 1980. */
const FIRST_DAY = 0x21;

function u16(value: number): readonly number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

function u32(value: number): readonly number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** With the reflected polynomial 0xEDB88320, as ZIP has it. */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC_OF_BYTE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

const CRC_OF_BYTE: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});
