import { lastLines, shellCommand } from "../../core/base/command.ts";
import type { KvmTrial } from "../../core/doctor/kvm-trial.ts";
import { answered } from "../../lab/answered.ts";
import type { Machine } from "../../lab/ports.ts";
import type { GuestFiles } from "../steps/guest-spec.ts";
import { KVM_CHECK, kvmProblems } from "./kvm.ts";
import { PROBE_ANSWER, probeArgv } from "./qemu.ts";

/** What the tiny guest boots: files of the guest image, as the host names them. */
export type ProbeFiles = Pick<GuestFiles, "kernel" | "initrd">;

/**
 * Seconds that the tiny guest may take. It needs less than one on real hardware and some 8 on an emulated
 * computer; where the processor offers neither svm nor vmx a KVM that works is not expected, only tried.
 */
const PROBE_LIMIT_SECONDS = { offered: 30, notOffered: 5 } as const;

/**
 * Whether KVM on a host can carry guests down to a level. KVM counts only if a tiny guest boots; real hardware also
 * needs nesting where it goes deeper than L1. `files` is a text where no guest can be booted, and says why.
 */
export async function tryKvm(
  levels: number,
  host: Machine,
  files: ProbeFiles | string,
  signal: AbortSignal,
): Promise<KvmTrial> {
  if (levels === 0) return { obstacles: [], proof: { kind: "none", why: "L0 alone needs no KVM" } };
  const command = shellCommand(KVM_CHECK, 30);
  const answer = await answered("asking what it offers to L1", command, host, signal);
  if (!answer.ok)
    return { obstacles: answer.problems, proof: { kind: "none", why: "the host did not answer" } };
  const obvious = kvmProblems(answer.value, { level: 1, hosts: levels > 1 });
  if (obvious.some((problem) => problem.code !== "no-nested-kvm")) {
    return { obstacles: obvious, proof: { kind: "none", why: "a tiny guest could not be tried" } };
  }
  if (typeof files === "string") return { obstacles: obvious, proof: { kind: "none", why: files } };
  const limit = PROBE_LIMIT_SECONDS[answer.value.split("\n").includes("flag") ? "offered" : "notOffered"];
  const probing = { argv: probeArgv(files.kernel, files.initrd), timeoutSeconds: limit };
  const probe = await host.run(probing, signal);
  if (probe.stdout.includes(PROBE_ANSWER)) {
    return { obstacles: obvious, proof: { kind: "booted", seconds: probe.seconds } };
  }
  return {
    obstacles: [
      {
        code: "kvm-unusable",
        at: "L1",
        what: `/dev/kvm is there, but a tiny guest did not boot within ${limit} s`,
        hint: "--hardware emulated needs no KVM; what QEMU said is the evidence",
        evidence: lastLines(probe.stderr, 6),
      },
    ],
    proof: { kind: "none", why: `a tiny guest did not boot within ${limit} s` },
  };
}
