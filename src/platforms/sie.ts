import type { Problem } from "../core/problem.ts";
import type { PlatformStep } from "../lab/ports.ts";
import type { Given } from "./given.ts";
import type { GuestSpec } from "./guest-spec.ts";
import { hypervisorStep } from "./hypervisor-step.ts";
import { kvmGuestArgv } from "./qemu.ts";

/** L1 answered after 50 to 60 s, and after 100 on a busy host, where QEMU's computers take 10. */
const PATIENCE = 3;

/** Answers for KVM where QEMU asks what Hercules lacks; src/images/guest/kvm-hercules.c says what. */
const PRELOADED = "/usr/lib/dvirt/kvm-hercules.so";

/** A KVM guest on the emulated mainframe, which runs it by interpretive execution (SIE). */
export function sieStep(spec: GuestSpec, privateKey: string, given?: Given): PlatformStep {
  return hypervisorStep(
    spec,
    {
      driver: "qemu-kvm",
      argv: sieGuestArgv(spec),
      check: { script: SIE_CHECK, problems: (answer) => sieProblems(answer, spec.level) },
      patience: PATIENCE,
    },
    privateKey,
    given,
  );
}

export function sieGuestArgv(spec: GuestSpec): readonly string[] {
  return ["env", `LD_PRELOAD=${PRELOADED}`, ...kvmGuestArgv({ ...spec, architecture: "s390x" })];
}

/** Says what a machine offers to a guest of KVM, a line each. */
const SIE_CHECK = `
[ -c /dev/kvm ] && [ -r /dev/kvm ] && [ -w /dev/kvm ] && echo device
grep -q '^features.* sie' /proc/cpuinfo && echo sie
cat /run/dvirt/modprobe.log 2>/dev/null
true
`;

/** What stands in the way of a KVM guest on a machine that answered SIE_CHECK so. */
export function sieProblems(answer: string, level: number): readonly Problem[] {
  const lines = answer.split("\n");
  if (lines.includes("device")) return [];
  const [guest, parent] = [`L${level}`, `L${level - 1}`];
  const evidence = lines.filter((line) => line.startsWith("modprobe:")).join("\n");
  return [
    lines.includes("sie")
      ? {
          code: "no-kvm",
          at: guest,
          what: `${guest} needs /dev/kvm on ${parent}, which has none although its processor offers SIE`,
          hint: "the module kvm of the image's kernel did not load; what modprobe said is below",
          evidence,
        }
      : {
          code: "no-kvm",
          at: guest,
          what: `${guest} needs /dev/kvm on ${parent}, whose processor does not offer interpretive execution (SIE)`,
          hint: "levels: 1, or fewer: Hercules gives SIE to L0 and to no guest",
          evidence,
        },
  ];
}
