import { cache } from "./cache.ts";
import { clocksource } from "./clocksource.ts";
import { cpuModel } from "./cpu-model.ts";
import { disk } from "./disk.ts";
import { hugepages } from "./hugepages.ts";
import { mitigations } from "./mitigations.ts";
import { nestedPaging } from "./nested-paging.ts";
import { nic } from "./nic.ts";
import type { Setting } from "./setting.ts";
import { thp } from "./thp.ts";

/** Every setting that a study can name. */
export const settings: readonly Setting[] = [
  thp,
  hugepages,
  disk,
  cache,
  nic,
  cpuModel,
  mitigations,
  nestedPaging,
  clocksource,
];
