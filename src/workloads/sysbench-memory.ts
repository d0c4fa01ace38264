import { z } from "zod";
import { parseBytes } from "../core/units.ts";
import { defineWorkload, type WorkloadKind } from "../core/workload.ts";
import { parseSysbench, renderSysbench, sysbench } from "./sysbench.ts";

const bytes = z.string().refine((text) => (parseBytes(text) ?? 0) > 0, {
  error: "is no size; write it like 256MiB",
});

/** A sequential pass over a block that all threads share, once per event. */
export function memoryWorkload(operation: "read" | "write", about: string): WorkloadKind {
  return defineWorkload({
    name: `memory-${operation}`,
    about,
    needs: ["sysbench"],
    params: z.strictObject({
      threads: z.int().min(1),
      blockSize: bytes.default("4000MiB"), // FitzGerald 2014, listing 7
      totalSize: bytes.default("16GiB"), // FitzGerald 2014, listing 7
    }),
    argv: (p) =>
      sysbench("memory", {
        threads: p.threads,
        "memory-block-size": parseBytes(p.blockSize) ?? 0,
        "memory-total-size": parseBytes(p.totalSize) ?? 0,
        "memory-oper": operation,
      }),
    parse: parseSysbench,
    // An emulated computer wrote about 4.5 GiB/s.
    guessSeconds: (p) => (parseBytes(p.totalSize) ?? 0) / (4.5 * 2 ** 30),
    render: (p, truth) =>
      renderSysbench(
        truth,
        Math.max(1, Math.floor((parseBytes(p.totalSize) ?? 0) / (parseBytes(p.blockSize) ?? 1))),
      ),
  });
}
