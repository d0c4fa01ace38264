import { HEADLINE, isMetric, METRIC_IDS, METRICS, type Metric } from "../core/base/metrics.ts";
import type { Choice } from "./frame.ts";

/** How the charts of a page are to be seen; all of it stands in the page's address. */
export interface View {
  readonly metric: Metric;
  readonly per: "machine" | "cpu";
  readonly relative: "none" | "L0" | "below";
  readonly policies: "own" | "all";
}

const PER = { machine: "as measured", cpu: "per CPU" } as const;
const RELATIVE = { none: "as it is", L0: "to L0", below: "to the level below" } as const;
const POLICIES = { own: "this one", all: "side by side" } as const;

/** An unknown value counts as the usual one. */
export function readView(query: URLSearchParams): View {
  const metric = query.get("metric") ?? "";
  return {
    metric: isMetric(metric) ? metric : HEADLINE,
    per: choice(query.get("per"), PER, "machine"),
    relative: choice(query.get("relative"), RELATIVE, "L0"),
    policies: choice(query.get("policies"), POLICIES, "own"),
  };
}

/** The parts of an address that say it; what is as usual is not said. */
export function viewQuery(view: View): Readonly<Record<string, string | undefined>> {
  return {
    metric: view.metric === HEADLINE ? undefined : view.metric,
    per: view.per === "machine" ? undefined : view.per,
    relative: view.relative === "L0" ? undefined : view.relative,
    policies: view.policies === "own" ? undefined : view.policies,
  };
}

/** `cpus`, `policies`, `absolute`: whether there is anything to choose. */
export function viewChoices(
  view: View,
  has: { readonly cpus: boolean; readonly policies: boolean; readonly absolute: boolean },
  hrefOf: (view: View) => string,
): readonly Choice[] {
  const choices = <Key extends keyof View>(
    name: string,
    key: Key,
    textOf: (value: View[Key]) => string,
    offered: readonly View[Key][],
  ): Choice => ({
    name,
    options: offered.map((value) => ({
      text: textOf(value),
      href: `${hrefOf({ ...view, [key]: value })}#charts`,
      chosen: view[key] === value,
    })),
  });
  return [
    choices("Quantity", "metric", (metric) => METRICS[metric].name, METRIC_IDS),
    choices(
      "Relative",
      "relative",
      (value) => RELATIVE[value],
      has.absolute ? ["none", "L0", "below"] : ["L0", "below"],
    ),
    ...(has.cpus ? [choices("Scale", "per", (value) => PER[value], keysOf(PER))] : []),
    ...(has.policies ? [choices("Policies", "policies", (value) => POLICIES[value], keysOf(POLICIES))] : []),
  ];
}

function choice<Word extends string>(
  text: string | null,
  texts: Readonly<Record<Word, string>>,
  usual: Word,
): Word {
  return keysOf(texts).find((word) => word === text) ?? usual;
}

function keysOf<Word extends string>(texts: Readonly<Record<Word, string>>): readonly Word[] {
  const keys: readonly string[] = Object.keys(texts);
  return keys.filter((key): key is Word => key in texts);
}
