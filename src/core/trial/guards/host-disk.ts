import { doubt, eachLevel, fine, type Guard, unknown } from "./guard.ts";

/**
 * In counted time a machine that waits for a disk of the host goes on to its next timer as often as the host likes, so
 * no disk that ends in a file of the host may move. Those are L0's virtio disks: its scratch disk is its own memory.
 */
export const hostDisk: Guard = {
  name: "host-disk",
  check(input) {
    if (input.timing !== "counted") return unknown(ELSEWHERE);
    return eachLevel(input, "nothing waited for a disk of the host", ({ level, before, after }) => {
      if (level > 0) return fine("");
      if (before.diskRequests === undefined || after.diskRequests === undefined) {
        return unknown("L0: it said nothing of its disks");
      }
      const requests = after.diskRequests - before.diskRequests;
      return requests === 0 ? fine("") : doubt(`L0 made ${requests} request(s) of disks of the host`);
    });
  },
};

const ELSEWHERE =
  "not judged: where seconds are an ordinary clock's, a wait for a disk is part of the figure";
