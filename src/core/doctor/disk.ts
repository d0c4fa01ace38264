import { dataDiskBytes } from "../study.ts";
import { formatBytes } from "../units.ts";
import type { Examination, Finding } from "./finding.ts";

/** Whether the image and the study's disks fit in the cache folder. */
export function diskFindings({ cache, study }: Examination): readonly Finding[] {
  const common = { id: "disk", group: "disk" } as const;
  if (!cache.writable) {
    return [
      {
        ...common,
        level: "fatal",
        what: "the cache folder cannot be written, and every stack needs files in it",
        evidence: `${cache.path}, as far as it is there, is not writable for this user`,
        remedy: "point XDG_CACHE_HOME at a folder of your own",
      },
    ];
  }
  const disks = study.scratch.sizeBytes + Math.max(0, ...study.workloads.map(dataDiskBytes));
  const image = cache.imageId === undefined ? cache.imageBuildBytes : 0;
  const evidence = `${formatBytes(cache.freeBytes)} are free at ${cache.path}`;
  const wants = `${image === 0 ? "" : `building the guest image takes ${formatBytes(image)}, and `}the disks of the study ${study.name} take ${formatBytes(disks)}`;
  if (cache.freeBytes >= image + disks)
    return [{ ...common, level: "fine", what: `disk space suffices: ${wants}`, evidence }];
  return [
    {
      ...common,
      level: cache.freeBytes < image ? "fatal" : "hindrance",
      what: `disk space does not suffice: ${wants}`,
      evidence,
      remedy: "free some space (dvirt clean removes old images), or point XDG_CACHE_HOME at a larger disk",
    },
  ];
}
