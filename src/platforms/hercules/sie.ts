import type { Problem } from "../../core/base/problem.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import { kvmGuestArgv } from "../qemu/qemu.ts";
import type { Given } from "../steps/given.ts";
import type { GuestSpec } from "../steps/guest-spec.ts";
import { hypervisorStep } from "../steps/hypervisor-step.ts";

/** Answers for KVM where QEMU asks what Hercules lacks; src/images/guest/kvm-hercules.c says what. */
const PRELOADED = "/usr/lib/dvirt/kvm-hercules.so";

/** A KVM guest on the emulated mainframe, which runs it by interpretive execution (SIE). */
export function sieStep(spec: GuestSpec, privateKey: string, given: Given): PlatformStep {
  return hypervisorStep(
    spec,
    {
      driver: "qemu-kvm",
      argv: sieGuestArgv(spec),
      check: { script: SIE_CHECK, problems: (answer) => sieProblems(answer, spec.level) },
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
  const [why, hint] = lines.includes("sie")
    ? [
        "which has none although its processor offers SIE",
        "the module kvm of the image's kernel did not load; what modprobe said is below",
      ]
    : [
        "whose processor does not offer interpretive execution (SIE)",
        "levels: 1, or fewer: Hercules gives SIE to L0 and to no guest",
      ];
  const what = `${guest} needs /dev/kvm on ${parent}, ${why}`;
  return [{ code: "no-kvm", at: guest, what, hint, evidence }];
}
