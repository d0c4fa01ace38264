import { fiveWorkloads } from "./five-workloads.ts";

fiveWorkloads({ platform: "s390x-qemu", architecture: "s390x", levels: 0 });
