import type { TrialSelection } from "../lab/library.ts";
import type { TrialsLink } from "../outputs/html/table.ts";

export type Query = Readonly<Record<string, string | number | undefined | readonly string[]>>;

/** An address within these pages, whatever the names in it hold; undefined values are left out. */
export function address(path: readonly (string | number)[], query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return `/${path.map((part) => encodeURIComponent(String(part))).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** Which of a run's trials to show. */
type Behind = { readonly [Key in keyof TrialSelection]: TrialSelection[Key] | undefined };

/** Leads to the trials behind a figure, which are of this run where the figure itself names none. */
export function trialsLink(ownRun?: string): TrialsLink {
  return ({ run = ownRun, ...behind }) => (run === undefined ? undefined : trialsAddress(run, behind));
}

export function runAddress(run: string): string {
  return address(["runs", run]);
}

export function groupAddress(group: string): string {
  return address(["groups", group]);
}

export function trialsAddress(run: string, { workload, level, boot, only }: Behind = {}): string {
  return address(["runs", run, "trials"], { workload, level, boot, only });
}

export function trialAddress(run: string, trial: string): string {
  return address(["runs", run, "trials", trial]);
}
