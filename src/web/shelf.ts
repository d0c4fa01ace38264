import type { PublishedStudy } from "../core/published/published.ts";
import type { Library } from "../lab/library.ts";
import type { LiveState } from "../lab/live.ts";
import type { Output } from "../outputs/output.ts";
import type { Access } from "./access.ts";
import type { Assets } from "./assets.ts";
import type { Downloads } from "./downloads.ts";
import type { LiveStream } from "./live-stream.ts";
import type { Reports } from "./reports.ts";
import type { Summaries } from "./summaries.ts";

export interface SiteOptions {
  readonly library: Library;
  readonly references: readonly PublishedStudy[];
  readonly outputs: readonly Output[];
  readonly access: Access;
  /** Whether the process that measures a run still runs. */
  readonly isAlive: (state: LiveState) => boolean;
  /** ISO 8601 in UTC, and monotonic seconds. */
  readonly now: () => string;
  readonly seconds: () => number;
  /** Told of bugs that are not worth a page. */
  readonly report: (error: unknown) => void;
  /** What runs in the browser. */
  readonly script: string;
}

/** What every page is made from. */
export interface Shelf extends SiteOptions {
  readonly assets: Assets;
  readonly reports: Reports;
  readonly summaries: Summaries;
  readonly downloads: Downloads;
  readonly stream: LiveStream;
  /** Every format that a report can be had in. */
  readonly formats: readonly string[];
}
