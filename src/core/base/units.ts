/** Quantities have one base unit each: bytes, seconds, events per second. Scaling is for display only. */

const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Bytes from text such as `768MiB` or `1.5 GiB`; undefined where the text is not such a size. */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)\s*$/.exec(text);
  const factor = BYTE_UNITS[match?.[2] ?? ""];
  if (match === null || factor === undefined) return undefined;
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

export function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}

/** `1.5 GiB`, with at most one decimal. */
export function formatBytes(bytes: number): string {
  const units = Object.entries(BYTE_UNITS).reverse();
  const [name, factor] = units.find(([, size]) => Math.abs(bytes) >= size) ?? ["B", 1];
  return `${Number((bytes / factor).toFixed(1))} ${name}`;
}

/** The largest unit that gives a whole number, so that nothing is rounded: for files. */
export function sizeText(bytes: number): string {
  const units = ["GiB", "MiB", "KiB"] as const;
  const power = units.findIndex((_, index) => bytes % 1024 ** (3 - index) === 0);
  const unit = units[power];
  return unit === undefined ? `${bytes}B` : `${bytes / 1024 ** (3 - power)}${unit}`;
}

/** `5%` as 0.05; undefined where the text is no percentage or not an allowed one: more than nothing, less than all. */
export function parsePercent(
  text: string,
  allowed = (share: number) => share > 0 && share < 1,
): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const share = Number(match?.[1]) / 100;
  return allowed(share) ? share : undefined;
}

/** `0.9%`, not the 0.8999999999999999% that multiplying gives: for files. */
export function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}

/** Seconds from text such as `90s`, `45min` or `1.5h`; undefined where the text is no such duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(s|min|h)\s*$/.exec(text);
  const factor = { s: 1, min: 60, h: 3600 }[match?.[2] ?? ""];
  const seconds = Number(match?.[1]) * (factor ?? 0);
  return seconds > 0 ? seconds : undefined;
}

/** `45 s`, `3 min 05 s`, `1 h 02 min`: for people, never for files. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** A figure with the given number of significant digits and no exponent. */
export function significant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "--";
  if (value === 0) return "0";
  // The exponent after rounding: 9.9996 to four digits is 10.00.
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  const decimals = Math.max(0, digits - 1 - exponent);
  return value.toFixed(Math.min(decimals, 12));
}

const LATENCY_UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3 };

/** Seconds from text such as `5us` or `1.5ms`, in whole nanoseconds up to a second; undefined where the text is no such time. */
export function parseLatency(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|ms)\s*$/.exec(text);
  const factor = LATENCY_UNITS[match?.[2] ?? ""];
  if (match === null || factor === undefined) return undefined;
  const nanoseconds = Math.round(Number(match[1]) * factor * 1e9);
  return nanoseconds <= 1e9 ? nanoseconds / 1e9 : undefined;
}

/** The largest unit that gives a whole number, so that nothing is rounded: for files. */
export function latencyText(seconds: number): string {
  const nanoseconds = Math.round(seconds * 1e9);
  if (nanoseconds % 1e6 === 0) return `${nanoseconds / 1e6}ms`;
  return nanoseconds % 1e3 === 0 ? `${nanoseconds / 1e3}us` : `${nanoseconds}ns`;
}
