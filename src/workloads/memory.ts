import { z } from "zod";
import { formatBytes, parseBytes, sizeText } from "../core/base/units.ts";
import type { Size } from "../core/study/resources-policy.ts";
import { defineWorkload, type Unfit, type WorkloadKind } from "../core/study/workload.ts";
import { parseSysbench, renderSysbench, SYSBENCH, sysbench } from "./sysbench.ts";

const bytesOf = (text: string) => parseBytes(text) ?? 0;

const bytes = z.string().refine((text) => bytesOf(text) > 0, {
  error: "is no size; write it like 256MiB",
});

/** Sequential loads: address translation and the memory that backs the guest. */
export const memoryRead = memoryWorkload("read", "loads");

/** Sequential stores: address translation and the memory that backs the guest. */
export const memoryWrite = memoryWorkload("write", "stores");

/** A sequential pass over a block that all threads share, once per event. */
function memoryWorkload(operation: "read" | "write", accesses: string): WorkloadKind {
  return defineWorkload({
    name: `memory-${operation}`,
    about: `sequential ${accesses}: address translation, memory bandwidth`,
    needs: [SYSBENCH],
    params: z.strictObject({
      threads: z.int().min(1),
      blockSize: bytes.default("4GiB"), // FitzGerald 2014, listing 7 has 4000M, which sysbench 1.0 refuses
      totalSize: bytes.default("16GiB"), // FitzGerald 2014, listing 7
    }),
    argv: (p) =>
      sysbench("memory", {
        threads: p.threads,
        "memory-block-size": bytesOf(p.blockSize),
        "memory-total-size": bytesOf(p.totalSize),
        "memory-oper": operation,
      }),
    parse: parseSysbench,
    unfit: unfitBlocks,
    remark: (p) => {
      const { blocks, events } = blockCount(p);
      return events === blocks ? undefined : `${blocks} blocks on ${p.threads} threads: ${events} events`;
    },
    // An emulated computer wrote about 4.5 GiB/s.
    guessSeconds: (p) => (blockCount(p).events * bytesOf(p.blockSize)) / (4.5 * 2 ** 30),
    render: (p, truth) => renderSysbench(truth, blockCount(p).events),
  });
}

interface Blocks {
  readonly threads: number;
  readonly blockSize: string;
  readonly totalSize: string;
}

/** sysbench gives each thread the same whole number of blocks; those that are left over nobody works on. */
function blockCount({ threads, blockSize, totalSize }: Blocks): { blocks: number; events: number } {
  const blocks = Math.floor(bytesOf(totalSize) / bytesOf(blockSize));
  return { blocks, events: Math.floor(blocks / threads) * threads };
}

/** sysbench's least block: one word. */
const WORD_BYTES = 8;

function unfitBlocks(p: Blocks, { memoryBytes }: Size): Unfit | undefined {
  const [block, total] = [bytesOf(p.blockSize), bytesOf(p.totalSize)];
  const below = powerBelow(block);
  if (block < WORD_BYTES || below !== block) {
    return {
      what: `blockSize ${p.blockSize} is no power of two from ${WORD_BYTES}B, and sysbench takes no other`,
      hint:
        below < WORD_BYTES ? "blockSize: 1KiB" : `blockSize: ${sizeText(below)}, or ${sizeText(2 * below)}`,
    };
  }
  if (block >= memoryBytes) {
    return {
      what: `a block of ${formatBytes(block)} does not fit in the ${formatBytes(memoryBytes)} that are measured`,
      hint: `blockSize: ${sizeText(powerBelow(memoryBytes / 2))} or less`,
    };
  }
  const { blocks, events } = blockCount(p);
  if (events > 0) return undefined;
  const largest = powerBelow(total / p.threads);
  const smaller = largest < WORD_BYTES ? "" : `blockSize: ${sizeText(largest)} or less, or `;
  return {
    what: `${p.totalSize} are ${blocks} blocks of ${p.blockSize}, and ${p.threads} threads get none each: sysbench would count 0 events`,
    hint: `${smaller}totalSize: ${sizeText(block * p.threads)} or more${blocks === 0 ? "" : `, or threads: ${blocks} or fewer`}`,
  };
}

/** The largest power of two up to a number of bytes. */
function powerBelow(bytes: number): number {
  return 2 ** Math.floor(Math.log2(bytes));
}
