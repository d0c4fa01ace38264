import type { WorkloadKind } from "../core/study/workload.ts";
import { command } from "./command.ts";
import { cpu } from "./cpu.ts";
import { diskRead, diskSync, diskWrite } from "./disk.ts";
import { memoryRead, memoryWrite } from "./memory.ts";
import { oltp } from "./oltp.ts";
import { exitCost, pageFault, syscall } from "./probe.ts";
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
  diskRead,
  diskWrite,
  diskSync,
  command,
];
