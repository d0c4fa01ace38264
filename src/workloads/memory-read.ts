import { memoryWorkload } from "./sysbench-memory.ts";

/** Sequential loads: address translation and the memory that backs the guest. */
export const memoryRead = memoryWorkload("read", "sequential loads: address translation, memory bandwidth");
