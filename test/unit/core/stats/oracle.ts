import { expect } from "vitest";
import { z } from "zod";
import { fixture } from "../../fixture.ts";

const provenance = z.strictObject({
  madeBy: z.literal("scripts/record-oracles.py"),
  versions: z.record(z.string(), z.string().min(1)),
  how: z.record(z.string(), z.unknown()),
});

/** Values recorded from other programs by scripts/record-oracles.py; each file says from which, and how. */
export function oracle<Shape extends z.ZodRawShape>(name: string, shape: Shape) {
  return z.strictObject({ provenance, ...shape }).parse(read(name));
}

export function oracleVersions(name: string): Readonly<Record<string, string>> {
  return z.looseObject({ provenance }).parse(read(name)).provenance.versions;
}

function read(name: string): unknown {
  return JSON.parse(fixture(`oracles/${name}.json`));
}

/** Within `tolerance` of `wanted` as a share of `wanted`; 0 must be met to `tolerance` itself. */
export function expectClose(found: number | undefined, wanted: number, tolerance = 1e-10): void {
  const error = found === undefined ? Number.NaN : Math.abs(found - wanted) / (Math.abs(wanted) || 1);
  expect(error, `${found} against ${wanted}`).toBeLessThanOrEqual(tolerance);
}
