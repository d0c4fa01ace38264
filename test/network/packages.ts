import { ensurePackages } from "../../src/adapters/debian.ts";
import { cacheFolder } from "../../src/adapters/folders.ts";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { problemText } from "../../src/core/problem.ts";
import { imageNeeds } from "../../src/platforms/host-lab.ts";

/** Installs what the network of SSH servers and the image that is pushed need; fails loudly where it cannot. */
export default async function setup(): Promise<void> {
  const packages = await ensurePackages(
    {
      needs: {
        ip: "iproute2",
        openssl: "openssl",
        sshd: "openssh-server",
        ssh: "openssh-client",
        unshare: "util-linux",
        ...(await imageNeeds(process.arch === "arm64" ? "aarch64" : "x86_64", cacheFolder(process.env))),
      },
      path: process.env["PATH"] ?? "",
      ask: undefined,
      say: (text) => console.error(text),
    },
    localMachine(),
    AbortSignal.timeout(1_800_000),
  );
  if (!packages.ok) throw new Error(packages.problems.map(problemText).join("\n"));
}
