import type { Examination, Finding } from "./finding.ts";
import { extensionOf, isOn } from "./hardware.ts";
import type { Probe } from "./probe.ts";

/** Whether a guest may host another one, and what the processor does to make that cheap. */
export function nestingFindings({ probe }: Examination): readonly Finding[] {
  switch (extensionOf(probe)) {
    case "svm":
      return [
        nested(probe, "kvm_amd"),
        feature(probe, {
          id: "virtual-gif",
          name: "virtual GIF",
          parameter: "vgif",
          module: "kvm_amd",
          flag: "vgif",
          cost: "each of a guest hypervisor's STGI and CLGI is an exit",
        }),
        feature(probe, {
          id: "virtual-vmload-vmsave",
          name: "virtual VMLOAD and VMSAVE",
          parameter: "vls",
          module: "kvm_amd",
          flag: "v_vmsave_vmload",
          cost: "each of a guest hypervisor's VMLOAD and VMSAVE is an exit",
        }),
      ];
    case "vmx":
      return [
        nested(probe, "kvm_intel"),
        feature(probe, {
          id: "vmcs-shadowing",
          name: "VMCS shadowing",
          parameter: "enable_shadow_vmcs",
          module: "kvm_intel",
          flag: "shadow_vmcs",
          cost: "each of a guest hypervisor's VMREAD and VMWRITE is an exit",
        }),
      ];
    case undefined:
      return [];
  }
}

function nested(probe: Probe, module: string): Finding {
  const common = { id: "nested", group: "nesting" } as const;
  const set = probe.value("kvm", "nested");
  const evidence = `${module}.nested is ${set ?? `not there: ${module} is not loaded`}`;
  if (isOn(set)) return { ...common, level: "fine", what: "KVM lets guests host guests", evidence };
  return {
    ...common,
    level: "hindrance",
    what: "KVM lets no guest host another, so real hardware ends at L1",
    evidence,
    remedy:
      set === undefined
        ? `modprobe ${module} nested=1`
        : `with no guest running: modprobe -r ${module} && modprobe ${module} nested=1; to stay: options ${module} nested=1 in /etc/modprobe.d/kvm.conf`,
  };
}

interface Feature {
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly parameter: string;
  readonly flag: string;
  /** What happens without it. */
  readonly cost: string;
}

/** Something that makes nested guests cheaper; it works without, at another price, so a reader must know. */
function feature(probe: Probe, wanted: Feature): Finding {
  const { id, name, module, parameter, flag, cost } = wanted;
  const common = { id, group: "nesting" } as const;
  const offered = [...probe.words("flags"), ...probe.words("vmx flags")].includes(flag);
  const set = probe.value("kvm", parameter);
  const evidence = `${flag} is ${offered ? "" : "not "}among the processor's flags, ${module}.${parameter} is ${set ?? "not readable"}`;
  if (offered && (set === undefined || isOn(set))) {
    return { ...common, level: "fine", what: `${name} is offered`, evidence };
  }
  return {
    ...common,
    level: "notice",
    what: `${name} is ${offered ? "offered and off" : "not offered"}: ${cost}`,
    evidence,
    remedy: offered
      ? `modprobe -r ${module} && modprobe ${module} ${parameter}=1 nested=1`
      : "nothing that can be set here: it is the processor's, or the hypervisor's below; quote figures with this fact",
  };
}
