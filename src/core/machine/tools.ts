import type { Problem } from "../base/problem.ts";
import type { Study } from "../study/study.ts";
import { isRelease, type Tool } from "../study/workload.ts";

/** What workloads need and a machine has not, or in a release that is not understood. `installed`: its fact `tools`. */
export function toolProblems(
  at: string,
  study: Pick<Study, "workloads">,
  installed: string,
): readonly Problem[] {
  const needed = new Map(study.workloads.flatMap(({ kind }) => kind.needs).map((tool) => [tool.name, tool]));
  return [...needed.values()].flatMap((tool) => toolProblem(at, tool, installed) ?? []);
}

function toolProblem(at: string, { name, releases }: Tool, installed: string): Problem | undefined {
  const line = installed.split("\n").find((one) => one.startsWith(`${name} `));
  if (line === undefined) {
    return {
      code: "tool-missing",
      at,
      what: `${name} is not installed there, and a workload needs it`,
      hint: name.startsWith("/")
        ? "only the image has it: userland: pushed"
        : `install it from the same release on every level (${PACKAGES}), or userland: pushed`,
    };
  }
  const version = /\d[^\s:]*/.exec(line.slice(name.length))?.[0] ?? "without a version";
  if (isRelease(version, releases)) return undefined;
  return {
    code: "tool-not-understood",
    at,
    what: `${name} is ${version} there, and the output of ${releases.join(" and ")} is read`,
    hint: `install ${name} ${releases[0]} there (${PACKAGES}), or userland: pushed`,
  };
}

const PACKAGES =
  "Debian, Ubuntu: apt-get install sysbench mariadb-server; Fedora, RHEL with EPEL: dnf install sysbench mariadb-server";
