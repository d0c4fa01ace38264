import type { WorkloadKind } from "../core/study/workload.ts";
import { build } from "./build.ts";
import { command } from "./command.ts";
import { cpu } from "./cpu.ts";
import { diskRead, diskSync, diskWrite } from "./disk.ts";
import { memoryRead, memoryWrite } from "./memory.ts";
import { nginx } from "./nginx.ts";
import { oltp } from "./oltp.ts";
import { exitCost, pageFault, syscall } from "./probe.ts";
import { redis } from "./redis.ts";
import { threads } from "./threads.ts";
import { wakeUp } from "./wake-up.ts";

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
  redis,
  nginx,
  build,
  wakeUp,
  command,
];
