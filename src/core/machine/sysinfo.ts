/**
 * `/proc/sysinfo` of Linux on s390x: what the instruction STSI says of the machine, its partition, and every
 * hypervisor below the kernel. The format is that of the kernel's arch/s390/kernel/sysinfo.c.
 */
export interface SystemInformation {
  /** `IBM`, `QEMU` or `HRC`. */
  readonly manufacturer: string;
  /** The machine type, such as `8561`. */
  readonly type: string;
  readonly model: string;
  /** A program that pretends to be the machine; undefined for hardware. */
  readonly emulator: "QEMU" | "Hercules" | undefined;
  /** Of the logical partition; undefined where the firmware, or what stands for it, has none. */
  readonly partition: string | undefined;
  /** Below this kernel, innermost first: empty in a partition. An emulator is none of them. */
  readonly hypervisors: readonly Hypervisor[];
}

export interface Hypervisor {
  /** The part of its name that studies use: `z/VM`, `KVM`, or what it calls itself. */
  readonly kind: string;
  /** Its own name for itself, blanks reduced: `z/VM 7.2.0`, `KVM/Linux`. */
  readonly program: string;
}

/** Undefined where the text is none: no s390x, or no /proc/sysinfo. */
export function readSysinfo(text: string): SystemInformation | undefined {
  const lines = fields(text);
  const manufacturer = lines.get("Manufacturer");
  if (manufacturer === undefined) return undefined;
  const emulator = EMULATORS[manufacturer];
  const all = blocks(lines);
  return {
    manufacturer,
    type: lines.get("Type") ?? "",
    model: lines.get("Model") ?? "",
    emulator,
    partition: lines.get("LPAR Name"),
    // QEMU without KVM answers as a guest of KVM, so that kernels choose the console that it has: that block,
    // the outermost, is the emulator itself.
    hypervisors: emulator === "QEMU" ? all.slice(0, -1) : all,
  };
}

/** `z/VM 7.3.0 under z/VM 7.2.0 in partition LP01 of IBM 8561`. */
export function sysinfoText({
  hypervisors,
  partition,
  manufacturer,
  type,
  emulator,
}: SystemInformation): string {
  const machine = emulator === undefined ? `${manufacturer} ${type}` : `a ${type} that ${emulator} emulates`;
  const ground = `${partition === undefined ? "" : `in partition ${partition} of `}${machine}`;
  const chain = hypervisors.map(({ program }) => program).join(" under ");
  return chain === "" ? `none (${ground})` : `${chain} ${ground}`;
}

const EMULATORS: Readonly<Record<string, SystemInformation["emulator"]>> = { QEMU: "QEMU", HRC: "Hercules" };

/** Lines `name: value`, blanks around and within values reduced. */
function fields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const match = /^([^:]+):(.*)$/.exec(line);
      return match?.[1] === undefined ? [] : [[match[1].trim(), reduced(match[2] ?? "")]];
    }),
  );
}

function reduced(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

/** VM00 is the innermost; the kernel prints as many as STSI 3.2.2 has, eight at most. */
function blocks(lines: ReadonlyMap<string, string>): readonly Hypervisor[] {
  const found: Hypervisor[] = [];
  for (let index = 0; ; index++) {
    const program = lines.get(`VM${String(index).padStart(2, "0")} Control Program`);
    if (program === undefined) return found;
    const [kind = program] = /^(z\/VM|KVM)/.exec(program) ?? [];
    found.push({ kind, program });
  }
}
