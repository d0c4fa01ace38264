import { openMonitor } from "../../adapters/machine/monitor.ts";
import { after } from "../../adapters/waiting.ts";

/** How often the registers are looked at, in seconds of the host. */
const EVERY_SECONDS = 10;

/** So many looks in a row that find the processor busy at one place mean that it will never leave it. */
const LOOKS = 6;

/**
 * Settles when the processor of an emulated computer is busy at one place with interrupts off, look after look: it
 * waits for what only an interrupt could bring (adr/0008). A slow host is no reason: whatever gets on is somewhere else
 * each time. Never settles for a machine that comes up and works.
 */
export async function standstill(monitor: string, gone: Promise<unknown>): Promise<string> {
  let over = false;
  gone.then(() => {
    over = true;
  });
  let places: readonly string[] = [];
  while (places.length < LOOKS) {
    await after(EVERY_SECONDS, undefined);
    if (over) return new Promise(() => {});
    const opened = await openMonitor(monitor);
    const place = placeOf((await opened?.ask("info registers")) ?? "");
    opened?.close();
    places =
      place === undefined || place !== places.at(-1)
        ? [place].filter((one) => one !== undefined)
        : [...places, place];
  }
  return `it hangs: for ${(LOOKS - 1) * EVERY_SECONDS} s its processor was busy at one place with interrupts off (${places[0]})`;
}

/** Where a processor is that is busy with interrupts off: its stack, which a loop does not move; undefined where it is not so. */
export function placeOf(registers: string): string | undefined {
  const value = (name: string) => new RegExp(`\\b${name}=([0-9a-f]+)`).exec(registers)?.[1];
  const [stack, flags, halted] = [value("RSP"), value("RFL"), value("HLT")];
  if (stack === undefined || flags === undefined || halted !== "0") return undefined;
  const interruptsOn = (Number.parseInt(flags, 16) & 0x200) !== 0;
  return interruptsOn ? undefined : `RSP=${stack}`;
}
