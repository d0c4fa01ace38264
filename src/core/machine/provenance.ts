import type { Allotment } from "./allotment.ts";
import type { Declared } from "./declared.ts";

/** A guest image: every level that boots it has the same one. */
export interface ImageProvenance {
  readonly id: string;
  readonly rootDiskSha256: string;
  /** `name version` of each Debian package. */
  readonly packages: readonly string[];
}

/** What the simulated lab knows and the analysis must find again. */
export interface Truth {
  /** Throughput at L0, transactions per second. */
  readonly throughputAtL0: number;
  /** What each level keeps of the throughput of the one below. */
  readonly kept: number;
  /** Standard deviation of the logarithm, between boots and between trials within one. */
  readonly betweenBoots: number;
  readonly withinBoots: number;
  /** What values of settings do to the throughput of a level: the share of it that they leave. */
  readonly effects: readonly {
    readonly key: string;
    readonly value: string;
    readonly level: number;
    readonly leaves: number;
  }[];
}

/** Where the machines of a run come from. */
export type Origin =
  /** dvirt makes them, and all boot one image. */
  | {
      readonly kind: "made";
      /** Why L0 is on this hardware, as a clause. */
      readonly why: string;
      readonly image: ImageProvenance;
    }
  /** They are there already, and SSH reaches them. */
  | {
      readonly kind: "given";
      /** What the study says each level is, L0 first. */
      readonly declared: readonly Declared[];
      readonly userland:
        | { readonly kind: "installed" }
        | { readonly kind: "pushed"; readonly image: ImageProvenance };
      readonly replicate: /** The machines stay up, and dvirt connects to them anew. */
        | { readonly kind: "session" }
        /** z/VM starts the guests of these levels afresh; what it answered when it was asked who it is. */
        | {
            readonly kind: "boot";
            readonly guests: readonly { readonly level: number; readonly answer: string }[];
          };
      /** Sentences that a reader must know of every figure. */
      readonly notes: readonly string[];
    }
  /** There are none: figures are drawn from known truth. */
  | { readonly kind: "imagined"; readonly truth: Truth };

/** What a run was made with and on, and what somebody called it. It is stored with the run. */
export interface Provenance {
  /** What somebody called the run; absent where nobody did. */
  readonly label?: string;
  /** Versions of dvirt and of Node.js. */
  readonly program: { readonly dvirt: string; readonly node: string };
  readonly origin: Origin;
  /** What each level gets, L0 first. */
  readonly allotments: readonly Allotment[];
}

/** The image that every level boots or has as its userland; undefined where there is none. */
export function imageOf(origin: Origin): ImageProvenance | undefined {
  switch (origin.kind) {
    case "made":
      return origin.image;
    case "given":
      return origin.userland.kind === "pushed" ? origin.userland.image : undefined;
    case "imagined":
      return undefined;
  }
}

/** What the study says each level is; undefined where dvirt makes the machines. */
export function declaredOf(origin: Origin): readonly Declared[] | undefined {
  return origin.kind === "given" ? origin.declared : undefined;
}
