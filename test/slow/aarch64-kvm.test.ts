import { fiveWorkloads } from "../live/five-workloads.ts";

fiveWorkloads({ platform: "aarch64-kvm", architecture: "aarch64", levels: 1 });
