import type { Architecture } from "../../../core/base/architecture.ts";
import { aarch64 } from "./aarch64.ts";
import type { Boards } from "./board.ts";
import { s390x } from "./s390x.ts";
import { x86_64 } from "./x86-64.ts";

/** How QEMU makes a machine of each architecture. */
export const boards: Readonly<Record<Architecture, Boards>> = { x86_64, s390x, aarch64 };
