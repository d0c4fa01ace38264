import { formatBytes } from "../base/units.ts";
import { dataDiskBytes } from "../study/study.ts";
import { about, type Examination, type Finding } from "./finding.ts";

/** Whether the image and the study's disks fit in the cache folder. */
export function diskFindings({ cache, study }: Examination): readonly Finding[] {
  if (!cache.writable) {
    const evidence = `${cache.path}, as far as it is there, is not writable for this user`;
    return [
      about("disk", "disk", evidence).fatal(
        "the cache folder cannot be written, and every stack needs files in it",
        "point XDG_CACHE_HOME at a folder of your own",
      ),
    ];
  }
  const disks = study.scratch.sizeBytes + Math.max(0, ...study.workloads.map(dataDiskBytes));
  const image = cache.imageId === undefined ? cache.imageBuildBytes : 0;
  const room = about("disk", "disk", `${formatBytes(cache.freeBytes)} are free at ${cache.path}`);
  const wants = `${image === 0 ? "" : `building the guest image takes ${formatBytes(image)}, and `}the disks of the study ${study.name} take ${formatBytes(disks)}`;
  if (cache.freeBytes >= image + disks) return [room.fine(`disk space suffices: ${wants}`)];
  const short = cache.freeBytes < image ? room.fatal : room.hindrance;
  return [
    short(
      `disk space does not suffice: ${wants}`,
      "free some space (dvirt clean removes old images), or point XDG_CACHE_HOME at a larger disk",
    ),
  ];
}
