type QueryValue = string | number | undefined | readonly string[];

/** An address within these pages, whatever the names in it hold; undefined values are left out. */
export function address(
  path: readonly (string | number)[],
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return `/${path.map((part) => encodeURIComponent(String(part))).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** What of a run's trials a figure rests on. */
export interface Behind {
  readonly workload?: string | undefined;
  readonly level?: number | undefined;
  readonly boot?: number | undefined;
  readonly only?: string | undefined;
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
