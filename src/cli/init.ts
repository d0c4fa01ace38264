import { basename, extname } from "node:path";
import { writeNewFile } from "../adapters/files.ts";
import { plainName } from "../core/base/file-name.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import type { Define } from "./define.ts";

export const defineInit: Define = (command, context, end) => {
  command.action((file: string | undefined) => end(initCommand(context, file ?? "study.yaml")));
};

/** `dvirt init`: a study to start from, on the machines of quick. */
async function initCommand(context: Context, file: string): Promise<ExitCode> {
  if (!(await writeNewFile(file, studyText(plainName(basename(file, extname(file)), "study"))))) {
    const hint = "choose another name: dvirt init FILE";
    return tell(context, [
      { code: "file-there", at: file, what: "there is a file of this name already", hint },
    ]);
  }
  context.output.write(
    context.asCalled(`${file} is written. Change it, then:\n  dvirt plan ${file}\n  dvirt run ${file}\n`),
  );
  return EXIT.fine;
}

function studyText(name: string): string {
  return `# A study for dvirt. docs/study.md says more of each key; dvirt plan says what a study would do.
study: ${name}
title: What each layer costs # over reports

# Where the levels are made: x86_64-kvm, s390x-qemu, aarch64-kvm, ssh (machines that you have), simulated, …
platform: x86_64-kvm
hardware: auto # real where this computer's KVM works, else emulated
# clock: wall # on emulated hardware: seconds in place of counted instructions
levels: 2 # L0 is the computer, L1 a guest, L2 a guest in that guest

repetitions:
  boots: 2 # bring-ups of the whole stack; more of them make intervals narrower
  runs: 1 # of each workload, on the way up and on the way down again

# What is measured at every level, and what the levels below it have on top to host it.
resources:
  policy: constant-guest
  guest: { cpus: 1, memory: 768MiB }
  reserve: { cpus: 1, memory: 768MiB }
scratch: { size: 128MiB, cache: none } # the disk that workloads write to

# dvirt workloads lists all, with their parameters.
workloads:
  - { name: cpu, threads: cpus, primeMax: 2000, events: 7000 }
  - { name: memory-write, threads: cpus, blockSize: 256MiB, totalSize: 1536MiB }
  # A command of your own: a program and its arguments. No shell reads them.
  # - { name: command, as: compress, run: [gzip, "-9", -k, -c, /usr/lib/dvirt/vmlinux] }

# What such a command needs in the image that all levels boot.
# image:
#   packages: [zstd] # of Debian
#   files: { /root/data: data.bin } # the path in the guest: a file of this computer

# One thing varied, to see what it does to the cost (docs/what-if.md):
# factors: { L1.mitigations: [on, off] }
`;
}
