import type { StackColumn } from "../../core/figure.ts";
import type { Measure, PublishedFigure } from "../../core/published.ts";

/** Figures 1 to 16: captions as printed, and the table that each draws. */
export const FIGURES: readonly PublishedFigure[] = [
  { number: 1, caption: "Hardware and Software Environments", stacks: stacks() },
  drawing(2, "Transactional Throughput of SysBench CPU Test", "5", "throughput"),
  drawing(3, "Mean Application Response Time of SysBench CPU Test", "5", "response"),
  drawing(
    4,
    "SysBench CPU Test Performance without Memory or CPU Over-Commitment",
    "6",
    "throughput",
    "response",
  ),
  drawing(5, "Transactional Throughput of SysBench Thread Scheduling Test", "7", "throughput"),
  drawing(6, "Mean Application Response Time of SysBench Thread Scheduling Test", "7", "response"),
  drawing(
    7,
    "SysBench Thread Scheduling Test Performance without Memory or CPU Over-Commitment",
    "8",
    "throughput",
    "response",
  ),
  drawing(8, "Transactional Throughput of SysBench Memory Write Test", "9", "throughput"),
  drawing(9, "Mean Application Response Time of SysBench Memory Write Test", "9", "response"),
  drawing(
    10,
    "SysBench Memory Write Test Performance without Memory or CPU Over-Commitment",
    "10",
    "throughput",
    "response",
  ),
  drawing(11, "Transactional Throughput of SysBench Memory Read Test", "11", "throughput"),
  drawing(12, "Mean Application Response Time of SysBench Memory Read Test", "11", "response"),
  drawing(
    13,
    "SysBench Memory Read Test Performance without Memory or CPU Over-Commitment",
    "12",
    "throughput",
    "response",
  ),
  drawing(14, "Transactional Throughput of SysBench MySQL Database Test", "13", "throughput"),
  drawing(15, "Mean Application Response Time of SysBench MySQL Database Test", "13", "response"),
  drawing(
    16,
    "SysBench MySQL Database Test Performance without Memory or CPU Over-Commitment",
    "14",
    "throughput",
    "response",
  ),
];

function drawing(
  number: number,
  caption: string,
  table: string,
  ...measures: readonly Measure[]
): PublishedFigure {
  return { number, caption, draws: { table, measures } };
}

/** Drawn again from sections 2.1 to 2.3, which say in words what the diagram shows. */
function stacks(): readonly StackColumn[] {
  const mainframe = { name: "zEC12, one LPAR", detail: "PR/SM, 4 cores, 16 GB" };
  const zvm = (level: number) => ({ name: "z/VM 6.3.0", detail: `hypervisor for L${level}` });
  const server = { name: "x3200 M3, Xeon X3440", detail: "4 cores, 16 GB" };
  const kvm = (level: number) => ({ name: "Debian 7.6, KVM 1.1.2", detail: `hypervisor for L${level}` });
  const guest = (level: number) => ({ name: "Debian 7.6, Linux 3.2.60", detail: `SysBench at L${level}` });
  return [
    { title: "S390x, L0", layers: [mainframe, guest(0)] },
    { title: "S390x, L1", layers: [mainframe, zvm(1), guest(1)] },
    { title: "S390x, L2", layers: [mainframe, zvm(1), zvm(2), guest(2)] },
    { title: "x86_64, L0", layers: [server, guest(0)] },
    { title: "x86_64, L1", layers: [server, kvm(1), guest(1)] },
    { title: "x86_64, L2", layers: [server, kvm(1), kvm(2), guest(2)] },
  ];
}
