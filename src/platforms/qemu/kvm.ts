import type { Problem } from "../../core/base/problem.ts";
import { deviceRemedy, loadRemedy, parameterRemedy } from "../../core/doctor/kvm-remedy.ts";
import { pairs } from "../../core/machine/facts.ts";
import type { PlatformStep } from "../../lab/ports.ts";
import type { Given } from "../steps/given.ts";
import type { GuestSpec } from "../steps/guest-spec.ts";
import { hypervisorStep } from "../steps/hypervisor-step.ts";
import { startedOn } from "../steps/pinning.ts";
import { kvmGuestArgv } from "./qemu.ts";

export interface KvmSpec extends GuestSpec {
  /** Whether this guest is to host another one. */
  readonly hosts: boolean;
}

/** A KVM guest on the machine below: L1 on L0, L2 on L1, and so on. */
export function kvmStep(spec: KvmSpec, privateKey: string, given: Given): PlatformStep {
  return hypervisorStep(
    spec,
    {
      driver: "qemu-kvm",
      // From its first moment on: its vCPUs run before anything can be asked of them.
      argv:
        given.keptOn === undefined ? kvmGuestArgv(spec) : startedOn(given.keptOn.cpus, kvmGuestArgv(spec)),
      check: { script: KVM_CHECK, problems: (answer) => kvmProblems(answer, spec) },
    },
    privateKey,
    given,
  );
}

/** Says what a machine offers to a guest of KVM, a line each. */
export const KVM_CHECK = `
[ -c /dev/kvm ] && echo device && echo "listing=$(ls -l /dev/kvm)"
[ -r /dev/kvm ] && [ -w /dev/kvm ] && echo access
echo "uid=$(id -u)"; echo "groups=$(id -nG 2>/dev/null)"
grep -qw -e svm -e vmx /proc/cpuinfo && echo flag
for module in kvm_amd kvm_intel; do
  [ -r /sys/module/$module/parameters/nested ] || continue
  echo "$module nested=$(cat /sys/module/$module/parameters/nested)"
  [ -e /sys/module/$module/initstate ] || echo builtin
done
cat /run/dvirt/modprobe.log 2>/dev/null
true
`;

/** What stands in the way of a KVM guest on a machine that answered KVM_CHECK so; each with its remedy. */
export function kvmProblems(
  answer: string,
  spec: { readonly level: number; readonly hosts: boolean },
): readonly Problem[] {
  const lines = answer.split("\n");
  const said = pairs(answer, "=");
  const parent = `L${spec.level - 1}`;
  const guest = `L${spec.level}`;
  if (!lines.includes("device")) {
    const flag = lines.includes("flag");
    return [
      {
        code: "no-kvm",
        at: guest,
        what: `${guest} needs /dev/kvm on ${parent}, which has none${flag ? "" : "; its processor offers neither svm nor vmx"}`,
        hint: flag
          ? loadRemedy(["kvm_amd", "kvm_intel"])
          : "turn virtualization on in the firmware or in the hypervisor below, or use --hardware emulated",
        evidence: lines.filter((line) => line.startsWith("modprobe:")).join("\n"),
      },
    ];
  }
  if (!lines.includes("access")) {
    return [
      {
        code: "no-kvm-rights",
        at: guest,
        what: `/dev/kvm on ${parent} may not be opened by this user`,
        hint: deviceRemedy({
          listing: said.get("listing"),
          said: undefined,
          isRoot: said.get("uid") === "0",
          groups: (said.get("groups") ?? "").split(" "),
          inContainer: false,
        }),
      },
    ];
  }
  const module = lines.map((line) => /^(kvm_\w+) nested=(\w+)$/.exec(line)).find((match) => match !== null);
  if (spec.hosts && !/^[1Yy]$/.test(module?.[2] ?? "")) {
    const name = module?.[1] ?? "kvm_intel";
    return [
      {
        code: "no-nested-kvm",
        at: guest,
        what: `${guest} is to host L${spec.level + 1}, which needs nested KVM on ${parent}, where ${name}.nested is ${module?.[2] ?? "not there"}`,
        hint: parameterRemedy(name, ["nested=1"], {
          builtIn: module === undefined ? undefined : lines.includes("builtin"),
        }),
      },
    ];
  }
  return [];
}
