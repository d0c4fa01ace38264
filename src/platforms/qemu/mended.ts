import { createHash } from "node:crypto";
import { join } from "node:path";
import { linkTo, makeExecutable, move, readBytes, remove, writeFileIn } from "../../adapters/files.ts";

const PROGRAM = "qemu-system-x86_64";

/** The store of an injected interrupt's vector, six bytes, known by the code that follows it. */
const STORE_OF_INJECTED_INTERRUPT = (() => {
  const anything = "[^]{4}";
  return new RegExp(
    [
      String.raw`\x89[\x80-\xbf][^][^]\xff\xff`, // exception_index = vector
      String.raw`\xc7\x83${anything}\0\0\0\0`, // exception_is_int = 0
      String.raw`\x48\xc7\x83${anything}\xff\xff\xff\xff`, // exception_next_eip = -1
      String.raw`\xf6\x05${anything}\x02\x0f\x85${anything}`, // where it logs
      String.raw`\xba\x01\0\0\0`, // do_interrupt_x86_hardirq(…, 1)
    ].join(""),
    "g",
  );
})();

/** One instruction that does nothing, as long as the store. */
const NOTHING = Buffer.from([0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00]);

/**
 * QEMU's program for x86_64 without the store by which its TCG delivers an injected interrupt twice (adr/0008); undefined
 * where that store is not found exactly once, as in a build for another processor or of a QEMU without the fault.
 */
export function mended(program: Buffer): Buffer | undefined {
  const [found, another] = program.toString("latin1").matchAll(STORE_OF_INJECTED_INTERRUPT);
  if (found === undefined || another !== undefined) return undefined;
  const copy = Buffer.from(program);
  NOTHING.copy(copy, found.index);
  return copy;
}

/**
 * The path of a mended copy of QEMU's program, made once for each of its builds; undefined where there is nothing to mend.
 * Throws where the program or the cache cannot be read or written.
 */
export async function mendedQemu(program: string, cache: string): Promise<string | undefined> {
  const copy = mended(await readBytes(program));
  if (copy === undefined) return undefined;
  const hash = createHash("sha256").update(copy).digest("hex").slice(0, 16);
  const folder = join(cache, "mended-qemu", hash);
  const path = join(folder, PROGRAM);
  const there = await readBytes(path).catch(() => undefined);
  if (there?.equals(copy)) return path;
  const building = join(cache, "mended-qemu", `building-${hash}-${process.pid}`);
  await remove(building);
  await makeExecutable(await writeFileIn(building, PROGRAM, copy));
  // QEMU looks for its modules and firmware below this name first, by their absolute paths.
  await linkTo("/", join(building, "qemu-bundle"));
  await remove(folder);
  await move(building, folder);
  return path;
}
