import type { WorkloadKind } from "../core/workload.ts";
import { cpu } from "./cpu.ts";
import { exitCost } from "./exit-cost.ts";
import { memoryRead } from "./memory-read.ts";
import { memoryWrite } from "./memory-write.ts";
import { oltp } from "./oltp.ts";
import { pageFault } from "./page-fault.ts";
import { syscall } from "./syscall.ts";
import { threads } from "./threads.ts";

/** Every workload that a study can name. */
export const workloads: readonly WorkloadKind[] = [
  cpu,
  threads,
  memoryWrite,
  memoryRead,
  oltp,
  exitCost,
  syscall,
  pageFault,
];
