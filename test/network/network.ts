import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startProcess } from "../../src/adapters/process.ts";
import { endText } from "../../src/core/base/command.ts";
import type { Child } from "../../src/lab/ports.ts";

/**
 * Two SSH servers and a jump host before them, each in a network namespace of its own on this machine: real servers,
 * real host keys, one kernel. They are no levels: what a test declares of them must be true of this machine.
 */
export interface Network {
  readonly folder: string;
  /** Puts a program on the servers' path. */
  install(name: string, script: string): void;
  /** An ssh_config; `known` changes the lines of known_hosts that it goes by. */
  config(name: string, known?: (lines: readonly string[]) => readonly string[]): string;
  /** Ends every connection to a level, as a server that goes down would. */
  cut(level: 0 | 1): void;
  /** Commands of processes in a level's network that are no SSH server's. */
  processes(level: 0 | 1): readonly string[];
  stop(): Promise<void>;
}

/** A key that no server has, for a known_hosts that is wrong. */
export const WRONG_KEY = "wrong";

/** `rootImage`: what the servers have for a root file system, where it is not this machine's own. */
export async function startNetwork(rootImage?: string): Promise<Network> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      "network namespaces cannot be made: that needs root, and this user is not. Run the tests as root.",
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "dvirt-network-"));
  const names = ["jump", "level0", "level1"] as const;
  for (const name of [...names, "user", WRONG_KEY]) {
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(folder, name));
  }
  writeFileSync(join(folder, "authorized"), readFileSync(join(folder, "user.pub")));
  mkdirSync("/run/sshd", { recursive: true });
  const net = `10.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}`;
  const hosts: { readonly name: string; readonly child: Child; readonly pid: string }[] = [];
  const stop = async () => {
    for (const { child } of hosts) child.kill();
    for (const { child } of hosts) await child.ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of names) hosts.push({ name, ...(await startHost(folder, name, rootImage)) });
    const [jump, level0, level1] = hosts.map(({ pid }) => pid);
    const here = `dvirt${process.pid % 100_000}`;
    link([undefined, here, `${net}.1/30`], [jump, "eth0", `${net}.2/30`]);
    link([jump, "eth1", `${net}.5/30`], [level0, "eth0", `${net}.6/30`]);
    link([jump, "eth2", `${net}.9/30`], [level1, "eth0", `${net}.10/30`]);
    for (const { child } of hosts) child.stream.write("go\n");
    for (const { name, pid } of hosts) await listening(name, pid);
  } catch (error) {
    const said = hosts.map(({ name, child }) => `${name}: ${child.errors()}`).join("\n");
    await stop();
    throw new Error(`network namespaces cannot be made on this machine: ${String(error)}\n${said}`);
  }
  const addresses = { jump: `${net}.2`, level0: `${net}.6`, level1: `${net}.10` };
  const knownLines = names.map((name) => `${addresses[name]} ${publicKey(folder, name)}`);
  const hostOf = (level: 0 | 1) => hosts[1 + level]?.pid ?? "";
  return {
    folder,
    install: (name, script) => {
      mkdirSync(join(folder, "bin"), { recursive: true });
      writeFileSync(join(folder, "bin", name), script, { mode: 0o755 });
    },
    config(name, known = (lines) => lines) {
      const file = join(folder, `${name}.config`);
      writeFileSync(`${file}.known_hosts`, `${known(knownLines).join("\n")}\n`);
      writeFileSync(
        file,
        `Host jump
  HostName ${addresses.jump}
Host level0
  HostName ${addresses.level0}
  ProxyJump jump
Host level1
  HostName ${addresses.level1}
  ProxyJump jump
Host *
  User root
  IdentityFile ${join(folder, "user")}
  IdentitiesOnly yes
  UserKnownHostsFile ${file}.known_hosts
  GlobalKnownHostsFile /dev/null
`,
      );
      return file;
    },
    cut: (level) => {
      const server = hostOf(level);
      for (const pid of childrenOf(server)) process.kill(Number(pid), "SIGKILL");
    },
    processes: (level) => processesIn(hostOf(level)),
    stop,
  };
}

/** The line of known_hosts that would vouch for another machine. */
export function publicKey(folder: string, name: string): string {
  return readFileSync(join(folder, `${name}.pub`), "utf8")
    .split(" ")
    .slice(0, 2)
    .join(" ");
}

async function startHost(
  folder: string,
  name: string,
  rootImage: string | undefined,
): Promise<{ readonly child: Child; readonly pid: string }> {
  const file = join(folder, `${name}.sshd`);
  writeFileSync(
    file,
    `HostKey ${join(folder, name)}
AuthorizedKeysFile ${join(folder, "authorized")}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
StrictModes no
PidFile none
SetEnv PATH=${join(folder, "bin")}:/usr/sbin:/usr/bin:/sbin:/bin
`,
  );
  const server = `/usr/sbin/sshd -D -e -f ${file}`;
  const inside = rootImage === undefined ? server : `chroot ${join(folder, `${name}.root`)} ${server}`;
  const script = `set -e; ip link set lo up; ${rootImage === undefined ? "true" : ROOT}; echo "$$"; read go; exec ${inside}`;
  const child = startProcess([
    ...["unshare", "--net", "--mount", "--propagation", "private"],
    ...["sh", "-c", script, "host", folder, name, rootImage ?? ""],
  ]);
  const pid = await Promise.race([
    new Promise<string>((resolve) =>
      child.stream.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())),
    ),
    child.ended.then((how) => {
      throw new Error(`${name}: ${endText(how)}: ${child.errors()}`);
    }),
  ]);
  return { child, pid };
}

/**
 * $1 folder, $2 name, $3 the guest image: a machine that has sysbench and MariaDB installed. What says that it is the
 * image is hidden, as it would be on a machine of others.
 */
const ROOT = `
root=$1/$2.root; mkdir -p "$root" "$1/$2.var"
mount -t ext4 -o ro,loop,noload "$3" "$root"
mount -t proc proc "$root/proc"; mount --rbind /sys "$root/sys"; mount --rbind /dev "$root/dev"
mount -t tmpfs run "$root/run"; mkdir "$root/run/sshd"
mount -t tmpfs hidden "$root/usr/lib/dvirt"
mount --bind "$1/$2.var" "$root/var/tmp"
mount -t tmpfs tmp "$root/tmp"; mkdir "$root$1"; mount --bind "$1" "$root$1"`;

/** Waits until something listens on port 22 in a process's network. */
async function listening(name: string, pid: string): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < 60_000; await wait(50)) {
    const lines = ["tcp", "tcp6"].map((kind) => readFileSync(`/proc/${pid}/net/${kind}`, "utf8")).join("");
    if (/:0016 0+:0000 0A /.test(lines)) return;
  }
  throw new Error(`${name}: its SSH server does not listen after 60 s`);
}

type End = readonly [pid: string | undefined, device: string, address: string];

function link(one: End, other: End): void {
  const place = ([pid]: End) => (pid === undefined ? [] : ["netns", pid]);
  run("ip", "link", "add", one[1], ...place(one), "type", "veth", "peer", "name", other[1], ...place(other));
  for (const [pid, device, address] of [one, other]) {
    const inside = pid === undefined ? [] : ["nsenter", `--net=/proc/${pid}/ns/net`];
    run(...inside, "ip", "address", "add", address, "dev", device);
    run(...inside, "ip", "link", "set", device, "up");
  }
}

function run(...[file = "", ...argv]: readonly string[]): void {
  execFileSync(file, argv, { stdio: ["ignore", "ignore", "pipe"] });
}

function childrenOf(pid: string): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((one) => one !== "");
}

function processesIn(pid: string): readonly string[] {
  const namespace = (one: string) => {
    try {
      return readlinkSync(`/proc/${one}/ns/net`);
    } catch {
      return undefined; // it has ended
    }
  };
  const own = namespace(pid);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && namespace(name) === own)
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").join(" ").trim();
      } catch {
        return "";
      }
    })
    .filter((command) => command !== "" && !/^(sshd|\/usr\/sbin\/sshd)/.test(command));
}
