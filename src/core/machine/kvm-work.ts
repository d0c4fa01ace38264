import { kvmCounters } from "./snapshot.ts";

/** What KVM on one hosting level counted during a trial: the counters that moved, by their kernel names. */
export interface KvmWork {
  readonly level: number;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Counters of events in /sys/kernel/debug/kvm that say why a guest left its processor (Linux's `kvm_vcpu_stat`), in
 * words. They overlap: an access to a device by memory is also an emulated instruction.
 */
export const EXIT_KINDS: Readonly<Record<string, string>> = {
  insn_emulation: "instructions that KVM emulates",
  irq_exits: "interrupts for the host",
  irq_window_exits: "waiting until the guest takes an interrupt",
  nmi_window_exits: "waiting until the guest takes an NMI",
  halt_exits: "idling (HLT)",
  io_exits: "device access by port",
  mmio_exits: "device access by memory",
  pf_taken: "page faults of nested paging",
  invlpg: "invalidated pages (INVLPG)",
  hypercalls: "hypercalls",
  signal_exits: "signals to the hypervisor's process",
  request_irq_exits: "requests for an interrupt window",
  // s390x
  exit_null: "interrupts for the host",
  exit_instruction: "instructions that KVM emulates",
  exit_wait_state: "idling (wait state)",
  exit_external_interrupt: "timers and external interrupts of the guest",
  exit_external_request: "waiting until the guest takes an external interrupt",
  exit_io_request: "waiting until the guest takes an I/O interrupt",
  exit_program_interruption: "program interrupts",
  exit_operation_exception: "unknown instructions",
  // of ARM
  wfi_exit_stat: "idling (WFI)",
  wfe_exit_stat: "waiting for an event (WFE)",
  hvc_exit_stat: "hypercalls (HVC)",
  mmio_exit_user: "device access that goes to the hypervisor's process",
  mmio_exit_kernel: "device access that KVM answers itself",
};

const COUNTED: ReadonlySet<string> = new Set([
  ...Object.keys(EXIT_KINDS),
  "exits",
  "nested_run",
  "tlb_flush",
]);

interface Snapshots {
  readonly level: number;
  readonly before: string;
  readonly after: string;
}

/** What the snapshots around a trial at `level` say of the machines that host it. No counters, no entry. */
export function kvmWork(evidence: readonly Snapshots[], level: number): readonly KvmWork[] {
  return evidence
    .filter((one) => one.level < level)
    .flatMap((one): KvmWork[] => {
      const [from, to] = [kvmCounters(one.before), kvmCounters(one.after)];
      const moved = [...to].flatMap(([name, value]): [string, number][] => {
        const before = from.get(name);
        return COUNTED.has(name) && before !== undefined && value > before ? [[name, value - before]] : [];
      });
      return from.has("exits") && to.has("exits")
        ? [{ level: one.level, counts: Object.fromEntries(moved) }]
        : [];
    });
}
