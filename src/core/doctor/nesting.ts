import { about, type Examination, type Finding } from "./finding.ts";
import { extensionOf, isOn } from "./hardware.ts";
import { loadRemedy, parameterRemedy } from "./kvm-remedy.ts";
import { kvmKernel } from "./kvm-seen.ts";
import type { Probe } from "./probe.ts";

/** Whether a guest may host another one, and what the processor does to make that cheap. */
export function nestingFindings({ probe }: Examination): readonly Finding[] {
  const extension = extensionOf(probe);
  if (extension === undefined) return [];
  const { module, features } = SUPPORT[extension];
  return [nested(probe, module), ...features.map((one) => feature(probe, module, one))];
}

interface Feature {
  readonly id: string;
  readonly name: string;
  readonly parameter: string;
  readonly flag: string;
  /** The instructions of a guest hypervisor that are exits without it. */
  readonly exits: string;
}

const SUPPORT: Readonly<Record<"svm" | "vmx", { module: string; features: readonly Feature[] }>> = {
  svm: {
    module: "kvm_amd",
    features: [
      { id: "virtual-gif", name: "virtual GIF", parameter: "vgif", flag: "vgif", exits: "STGI and CLGI" },
      {
        id: "virtual-vmload-vmsave",
        name: "virtual VMLOAD and VMSAVE",
        parameter: "vls",
        flag: "v_vmsave_vmload",
        exits: "VMLOAD and VMSAVE",
      },
    ],
  },
  vmx: {
    module: "kvm_intel",
    features: [
      {
        id: "vmcs-shadowing",
        name: "VMCS shadowing",
        parameter: "enable_shadow_vmcs",
        flag: "shadow_vmcs",
        exits: "VMREAD and VMWRITE",
      },
    ],
  },
};

function nested(probe: Probe, module: string): Finding {
  const set = probe.value("kvm", "nested");
  const evidence = `${module}.nested is ${set ?? `not there: ${module} is not loaded`}`;
  const nesting = about("nested", "nesting", evidence);
  if (isOn(set)) return nesting.fine("KVM lets guests host guests");
  return nesting.hindrance(
    "KVM lets no guest host another, so real hardware ends at L1",
    set === undefined ? loadRemedy([module]) : parameterRemedy(module, ["nested=1"], kvmKernel(probe)),
  );
}

/** Makes nested guests cheaper. Guests work without it at another price, so a reader must know. */
function feature(probe: Probe, module: string, { id, name, parameter, flag, exits }: Feature): Finding {
  const offered = [...probe.words("flags"), ...probe.words("vmx flags")].includes(flag);
  const set = probe.value("kvm", parameter);
  const evidence = `${flag} is ${offered ? "" : "not "}among the processor's flags, ${module}.${parameter} is ${set ?? "not readable"}`;
  const found = about(id, "nesting", evidence);
  if (offered && (set === undefined || isOn(set))) return found.fine(`${name} is offered`);
  return found.notice(
    `${name} is ${offered ? "offered and off" : "not offered"}: each of a guest hypervisor's ${exits} is an exit`,
    offered
      ? parameterRemedy(module, [`${parameter}=1`, "nested=1"], kvmKernel(probe))
      : "nothing that can be set here: it is the processor's, or the hypervisor's below; quote figures with this fact",
  );
}
