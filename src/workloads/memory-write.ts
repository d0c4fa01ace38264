import { memoryWorkload } from "./sysbench-memory.ts";

/** Sequential stores: address translation and the memory that backs the guest. */
export const memoryWrite = memoryWorkload(
  "write",
  "sequential stores: address translation, memory bandwidth",
);
