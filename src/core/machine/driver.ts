/** What made a machine. */
type Maker =
  /** It was there already. */
  | { readonly kind: "nobody" }
  /** A program that pretends to be a whole computer. */
  | { readonly kind: "emulator"; readonly title: string }
  /** It runs guests by the processor's virtualization. */
  | { readonly kind: "hypervisor"; readonly which: "kvm" | "xen" }
  /** There is no machine. */
  | { readonly kind: "imagination" };

const MAKERS = {
  "host-tree": { kind: "nobody" },
  ssh: { kind: "nobody" },
  zvm: { kind: "nobody" },
  "qemu-tcg": { kind: "emulator", title: "QEMU TCG" },
  bochs: { kind: "emulator", title: "Bochs" },
  hercules: { kind: "emulator", title: "Hercules" },
  "qemu-kvm": { kind: "hypervisor", which: "kvm" },
  xen: { kind: "hypervisor", which: "xen" },
  simulated: { kind: "imagination" },
} as const satisfies Readonly<Record<string, Maker>>;

/** What turned a machine into a deeper one, by the name under which it is stored and shown. */
export type Driver = keyof typeof MAKERS;

export function makerOf(driver: Driver): Maker {
  return MAKERS[driver];
}
