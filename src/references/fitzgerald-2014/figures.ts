import type { StackColumn } from "../../core/document/figure.ts";
import type { PublishedFigure } from "../../core/published/published.ts";

/** In the order of the tables and figures, which have one form for all of them. */
const TESTS = ["CPU", "Thread Scheduling", "Memory Write", "Memory Read", "MySQL Database"];

const APART = "without Memory or CPU Over-Commitment";

/** Of tables 5 to 14, as printed: two for each test. */
export const CAPTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  TESTS.flatMap((test, at) => [
    [5 + 2 * at, `SysBench ${test} Test Results`],
    [6 + 2 * at, `SysBench ${test} Test Results ${APART}`],
  ]),
);

/** Figures 1 to 16: captions as printed, and the table that each draws; three for each test. */
export const FIGURES: readonly PublishedFigure[] = [
  { number: 1, caption: "Hardware and Software Environments", stacks: stacks() },
  ...TESTS.flatMap((test, at): readonly PublishedFigure[] => {
    const [number, table, apart] = [2 + 3 * at, `${5 + 2 * at}`, `${6 + 2 * at}`];
    const name = `SysBench ${test} Test`;
    return [
      {
        number,
        caption: `Transactional Throughput of ${name}`,
        draws: { table, measures: ["throughput"] },
      },
      {
        number: number + 1,
        caption: `Mean Application Response Time of ${name}`,
        draws: { table, measures: ["response"] },
      },
      {
        number: number + 2,
        caption: `${name} Performance ${APART}`,
        draws: { table: apart, measures: ["throughput", "response"] },
      },
    ];
  }),
];

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
