import type { Examination, Finding } from "./finding.ts";

/** Versions of what a stack is made with, and what is missing. */
export function softwareFindings(examination: Examination): readonly Finding[] {
  const { probe, cache } = examination;
  return [
    nodeFinding(examination),
    {
      id: "kernel",
      group: "software",
      level: "fine",
      what: "the kernel is Linux; guests bring their own",
      evidence: `uname: ${probe.value("system", "kernel") ?? "no answer"}`,
    },
    ...qemuFindings(examination),
    ...packagesFindings(examination),
    cache.imageId === undefined
      ? {
          id: "image",
          group: "software",
          level: "notice",
          what: "the guest image is not built yet: the first run does it, in some two minutes",
          evidence: `no image of this version's recipe under ${cache.path}`,
          remedy: "dvirt run",
        }
      : {
          id: "image",
          group: "software",
          level: "fine",
          what: "the guest image is built",
          evidence: `image ${cache.imageId} under ${cache.path}`,
        },
  ];
}

/** As package.json has it. */
const LEAST_NODE = [20, 19] as const;

function nodeFinding({ nodeVersion }: Examination): Finding {
  const common = { id: "node", group: "software", evidence: `Node.js ${nodeVersion}` } as const;
  return atLeast(nodeVersion, LEAST_NODE)
    ? { ...common, level: "fine", what: "Node.js is new enough" }
    : {
        ...common,
        level: "hindrance",
        what: `dvirt needs Node.js ${LEAST_NODE.join(".")} or newer`,
        remedy: "install a newer Node.js; Debian 13 has one",
      };
}

/** The first whose microvm has `acpi=on`, which guests use. */
const LEAST_QEMU = [5, 2] as const;

function qemuFindings({ probe }: Examination): readonly Finding[] {
  const said = probe.value("qemu", "version");
  const version = /version ([\d.]+)/.exec(said ?? "")?.[1];
  if (said === undefined || version === undefined) return []; // then its package is among the missing
  const common = { id: "qemu", group: "software", evidence: said } as const;
  return atLeast(version, LEAST_QEMU)
    ? [{ ...common, level: "fine", what: `QEMU is ${version}` }]
    : [
        {
          ...common,
          level: "hindrance",
          what: `QEMU ${version} is older than ${LEAST_QEMU.join(".")} and lacks the machine that guests use`,
          remedy: "Debian 12, Ubuntu 22.04 and all that came after have one that is new enough",
        },
      ];
}

function packagesFindings({ probe, missingPackages }: Examination): readonly Finding[] {
  const common = { id: "packages", group: "software" } as const;
  if (missingPackages.length === 0) {
    return [
      {
        ...common,
        level: "fine",
        what: "no Debian package is missing",
        evidence: "every command and file that a run needs is there",
      },
    ];
  }
  const names = missingPackages.join(" ");
  const evidence = `not found: what ${missingPackages.join(", ")} would bring`;
  const root = probe.value("rights", "uid") === "0";
  const [apt, sudo] = [probe.value("tools", "apt-get"), probe.value("tools", "sudo")];
  if (apt !== undefined && (root || sudo !== undefined)) {
    return [
      {
        ...common,
        level: "notice",
        what: `Debian packages are missing, and dvirt run installs them: ${names}`,
        evidence,
        remedy: `dvirt run, or ${root ? "" : "sudo "}apt-get install -y --no-install-recommends ${names}`,
      },
    ];
  }
  return [
    {
      ...common,
      level: "fatal",
      what: `Debian packages are missing, and ${apt === undefined ? "this is no Debian or Ubuntu machine" : "this user is not root and there is no sudo"}: ${names}`,
      evidence,
      remedy:
        apt === undefined
          ? "install what brings their commands by this machine's own means"
          : `apt-get update && apt-get install -y --no-install-recommends ${names}   (as root)`,
    },
  ];
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}
