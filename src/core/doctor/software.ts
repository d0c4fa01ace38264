import { about, type Examination, type Finding } from "./finding.ts";

/** Versions of the programs that make a stack, and what is missing. */
export function softwareFindings(examination: Examination): readonly Finding[] {
  const kernel = examination.probe.value("system", "kernel") ?? "no answer";
  return [
    nodeFinding(examination),
    about("kernel", "software", `uname: ${kernel}`).fine("the kernel is Linux; guests bring their own"),
    ...qemuFindings(examination),
    packagesFinding(examination),
    imageFinding(examination),
  ];
}

function imageFinding({ cache: { imageId, path } }: Examination): Finding {
  const because = (evidence: string) => about("image", "software", evidence);
  return imageId === undefined
    ? because(`no image of this version's recipe under ${path}`).notice(
        "the guest image is not built yet: the first run does it, in some two minutes",
        "dvirt run",
      )
    : because(`image ${imageId} under ${path}`).fine("the guest image is built");
}

/** As package.json has it. */
const LEAST_NODE = [20, 19] as const;

function nodeFinding({ nodeVersion }: Examination): Finding {
  const node = about("node", "software", `Node.js ${nodeVersion}`);
  return atLeast(nodeVersion, LEAST_NODE)
    ? node.fine("Node.js is new enough")
    : node.hindrance(
        `dvirt needs Node.js ${LEAST_NODE.join(".")} or newer`,
        "install a newer Node.js; Debian 13 has one",
      );
}

/** The first whose microvm has `acpi=on`, which guests use. */
const LEAST_QEMU = [5, 2] as const;

function qemuFindings({ probe }: Examination): readonly Finding[] {
  const said = probe.value("qemu", "version");
  const version = /version ([\d.]+)/.exec(said ?? "")?.[1];
  if (said === undefined || version === undefined) return []; // then its package is among the missing
  const qemu = about("qemu", "software", said);
  return [
    atLeast(version, LEAST_QEMU)
      ? qemu.fine(`QEMU is ${version}`)
      : qemu.hindrance(
          `QEMU ${version} is older than ${LEAST_QEMU.join(".")} and lacks the machine that guests use`,
          "Debian 12, Ubuntu 22.04 and all that came after have one that is new enough",
        ),
  ];
}

function packagesFinding({ probe, missingPackages }: Examination): Finding {
  const because = (evidence: string) => about("packages", "software", evidence);
  if (missingPackages.length === 0) {
    return because("every command and file that a run needs is there").fine("no Debian package is missing");
  }
  const names = missingPackages.join(" ");
  const missing = because(`not found: what ${missingPackages.join(", ")} would bring`);
  const root = probe.value("rights", "uid") === "0";
  const [apt, sudo] = [probe.value("tools", "apt-get"), probe.value("tools", "sudo")];
  if (apt === undefined) {
    return missing.fatal(
      `Debian packages are missing, and this is no Debian or Ubuntu machine: ${names}`,
      "install what brings their commands by this machine's own means",
    );
  }
  return root || sudo !== undefined
    ? missing.notice(
        `Debian packages are missing, and dvirt run installs them: ${names}`,
        `dvirt run, or ${root ? "" : "sudo "}apt-get install -y --no-install-recommends ${names}`,
      )
    : missing.fatal(
        `Debian packages are missing, and this user is not root and there is no sudo: ${names}`,
        `apt-get update && apt-get install -y --no-install-recommends ${names}   (as root)`,
      );
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}
