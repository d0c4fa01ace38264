/** What a machine that does not tell its whole chain shows of the hypervisor right below it. */
export type Innermost =
  /** By its name here; undefined where the processor says that there is none. */
  | { readonly kind: "innermost"; readonly hypervisor: string | undefined }
  /** The processor says that there is one, and nothing says which. */
  | { readonly kind: "unnamed" }
  | { readonly kind: "nothing" };

/** What may tell of a hypervisor; text that is empty tells nothing. */
export interface Signs {
  /** The processor's flags; undefined where it has no flag that a hypervisor sets: all but x86. */
  readonly flags: readonly string[] | undefined;
  /** The name that CPUID gives, in the words of lscpu or systemd-detect-virt. */
  readonly vendor: string;
  /** DMI's vendor and product, such as `Amazon EC2 m5.metal`. */
  readonly dmi: string;
  /** `/sys/hypervisor/type`. */
  readonly type?: string | undefined;
  /** The processor's name. */
  readonly model?: string | undefined;
}

interface Known {
  readonly name: string;
  /** What people, lscpu and systemd-detect-virt call it, in lower case. */
  readonly called: readonly string[];
  /** How the DMI table of its guests begins. */
  readonly dmi?: RegExp;
}

/** The names of hypervisors. What a vendor sells under its own name stands with what it is. */
const KNOWN: readonly Known[] = [
  {
    name: "KVM",
    called: [
      ...["kvm", "kvm/linux", "qemu/kvm", "qemu-kvm", "amazon", "google", "nitro", "aws nitro"],
      ...["ahv", "nutanix", "nutanix ahv", "acropolis", "proxmox", "proxmox ve", "ovirt", "rhv", "rhev"],
      ...["openstack", "kubevirt", "openshift virtualization", "firecracker"],
    ],
    dmi: /^(nutanix|red hat|ovirt|openstack|rdo |kubevirt|proxmox|kvm|digitalocean|hetzner vserver|vultr|linode|akamai|scaleway|upcloud|exoscale|yandex|tencent cloud)/i,
  },
  {
    name: "VMware",
    called: ["vmware", "esxi", "vmware esxi", "esx", "vsphere", "vmware vsphere"],
    dmi: /^vmware/i,
  },
  {
    name: "Hyper-V",
    called: ["hyper-v", "hyperv", "microsoft", "microsoft hyper-v", "azure", "wsl", "wsl2"].concat(
      "windows subsystem for linux",
    ),
    dmi: /^microsoft corporation virtual/i, // their own computers are no virtual machines
  },
  {
    name: "VirtualBox",
    called: ["virtualbox", "vbox", "innotek gmbh", "oracle", "oracle virtualbox", "oracle vm virtualbox"],
    dmi: /^(innotek|oracle corporation virtualbox)/i,
  },
  { name: "Xen", called: ["xen", "xcp-ng", "xenserver", "citrix hypervisor"], dmi: /^xen\b/i },
  { name: "Parallels", called: ["parallels", "parallels desktop"], dmi: /^parallels/i },
  { name: "bhyve", called: ["bhyve"], dmi: /^(freebsd )?bhyve/i },
  {
    name: "Apple",
    called: ["apple", "apple virtualization", "virtualization.framework"],
    dmi: /^apple.*virtualization/i,
  },
  { name: "QEMU", called: ["qemu"] },
  { name: "TCG", called: ["tcg", "qemu tcg", "qemu/tcg"] },
];

/** Clouds that rent out guests and whole machines, with the same vendor in both DMI tables. */
const CLOUDS: readonly { readonly dmi: RegExp; readonly hypervisor: string; readonly metal?: RegExp }[] = [
  { dmi: /^amazon ec2/i, hypervisor: "KVM", metal: /\.metal\b/ },
  { dmi: /^google/i, hypervisor: "KVM" },
  { dmi: /^alibaba cloud/i, hypervisor: "KVM" },
  { dmi: /^huawei/i, hypervisor: "KVM" },
  { dmi: /^oraclecloud/i, hypervisor: "KVM" },
];

/** QEMU's own name, and its firmware's of long ago: KVM's guests have it, and so have those of an emulator. */
const OF_QEMU = /^(qemu|bochs)/i;

/** One name for each hypervisor, whatever somebody calls it. */
function hypervisorName(called: string): string {
  const text = called.trim();
  return KNOWN.find((one) => one.called.includes(text.toLowerCase()))?.name ?? text;
}

/**
 * The hypervisor right below a machine. On x86 the processor says whether there is one, and DMI alone makes none: a
 * cloud's bare metal has the cloud's name there. Which one it is DMI knows better than CPUID, where hypervisors show
 * another's name so that guests know what to do with them: AHV Hyper-V's, VirtualBox KVM's, KVM Hyper-V's.
 */
export function innermostHypervisor({ flags, vendor, dmi, type, model }: Signs): Innermost {
  const said = vendor === "" || vendor.toLowerCase() === "none" ? undefined : hypervisorName(vendor);
  const named = (hypervisor: string): Innermost => ({ kind: "innermost", hypervisor });
  // Its domain 0 has the DMI table of the machine below Xen.
  if (type === "xen" || said === "Xen") return named("Xen");
  const flagged = flags?.includes("hypervisor");
  if (flagged === false && said === undefined) return { kind: "innermost", hypervisor: undefined };
  const cloud = CLOUDS.find((one) => one.dmi.test(dmi));
  const known = KNOWN.find((one) => one.dmi?.test(dmi) === true);
  if (known !== undefined) return named(known.name);
  if (OF_QEMU.test(dmi)) {
    if (said !== undefined && said !== "QEMU") return named(said === "TCG" ? "TCG" : "KVM");
    return named(/QEMU TCG CPU/.test(model ?? "") ? "TCG" : "QEMU");
  }
  if (said !== undefined) return named(said);
  if (cloud !== undefined && flagged === true) return named(cloud.hypervisor);
  if (cloud?.metal !== undefined && flagged === undefined) {
    return { kind: "innermost", hypervisor: cloud.metal.test(dmi) ? undefined : cloud.hypervisor };
  }
  return { kind: flagged === true ? "unnamed" : "nothing" };
}

/** Whether a hypervisor of this name may be what a machine shows; undefined where it shows too little to tell. */
export function mayBe(declared: string | undefined, observed: Innermost): boolean | undefined {
  if (observed.kind === "nothing") return undefined;
  if (declared === undefined) return observed.kind === "innermost" && observed.hypervisor === undefined;
  if (observed.kind === "unnamed") return undefined;
  const [one, other] = [hypervisorName(declared), observed.hypervisor];
  if (other === "QEMU") return one === "KVM" ? undefined : one === "QEMU" || one === "TCG";
  // People say QEMU of both that run its machines.
  if (one === "QEMU") return other === "KVM" || other === "TCG";
  return one.toLowerCase() === other?.toLowerCase();
}
