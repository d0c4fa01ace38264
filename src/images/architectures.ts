import type { Architecture } from "../core/base/architecture.ts";

/** The parts of the guest image that depend on its architecture. */
export interface ImageArchitecture {
  /** Debian's name for it. */
  readonly debian: string;
  /** The compiler of the probes, on a Debian of any architecture. */
  readonly compiler: string;
  readonly kernel: string;
  /** The package with QEMU's program for this architecture; others that it has are left out. */
  readonly hypervisor: string;
  /** `elf in …`: the ELF file inside the bzImage, so compressed, is what boots fastest; `as it is`: what Debian ships boots. */
  readonly kernelForm: "elf in lz4" | "elf in xz" | "as it is";
  /** Kernel modules that find the disks and the control port; with what they need themselves they go into the initrd. */
  readonly modules: readonly string[];
  /** Those of IDE disks, loaded only where a guest has such. */
  readonly ideModules: readonly string[];
  /** Libraries that are compiled into the image, by their names: NAME.c becomes NAME.so beside the scripts. */
  readonly libraries: readonly string[];
  /** Packages that no other image has, and scripts that go beside the others: NAME.sh becomes NAME. */
  readonly packages: readonly string[];
  readonly scripts: readonly string[];
  readonly rootDiskMebibytes: number;
}

const ROOT_DISK_MEBIBYTES = 1100;
const NOTHING_MORE = {
  libraries: [],
  packages: [],
  scripts: [],
  rootDiskMebibytes: ROOT_DISK_MEBIBYTES,
} as const;

export const imageArchitectures: Readonly<Record<Architecture, ImageArchitecture>> = {
  x86_64: {
    debian: "amd64",
    compiler: "x86_64-linux-gnu-gcc",
    kernel: "linux-image-cloud-amd64", // boots much faster than the generic kernel when nested
    hypervisor: "qemu-system-x86",
    kernelForm: "elf in lz4",
    modules: ["virtio_blk", "virtio_console", "virtio_pci", "virtio_mmio"],
    ideModules: ["ata_piix", "sd_mod"],
    ...NOTHING_MORE,
  },
  s390x: {
    debian: "s390x",
    compiler: "s390x-linux-gnu-gcc",
    kernel: "linux-image-s390x",
    hypervisor: "qemu-system-misc",
    kernelForm: "as it is",
    // a mainframe's own disks too, for computers that have no virtio
    modules: ["virtio_blk", "virtio_console", "ext4", "dasd_fba_mod"],
    ideModules: [],
    ...NOTHING_MORE,
    libraries: ["kvm-hercules"],
  },
  aarch64: {
    debian: "arm64",
    compiler: "aarch64-linux-gnu-gcc",
    kernel: "linux-image-cloud-arm64",
    hypervisor: "qemu-system-arm",
    kernelForm: "as it is",
    modules: ["virtio_blk", "virtio_console", "virtio_mmio", "ext4"],
    ideModules: [],
    ...NOTHING_MORE,
  },
};

/** For stacks with Xen in them: Debian's kernel for clouds cannot be Xen's domain 0, and no level may differ in its kernel. */
export const xenImage: ImageArchitecture = {
  ...imageArchitectures.x86_64,
  kernel: "linux-image-amd64",
  kernelForm: "elf in xz",
  modules: [...imageArchitectures.x86_64.modules, "ext4", "xen_blkfront"],
  packages: ["xen-hypervisor-4.17-amd64", "xen-utils-4.17", "xenstore-utils", "xz-utils"],
  scripts: ["xen-domain0", "xen-guest", "xen-block", "xen-serve"],
  rootDiskMebibytes: 1700,
};
