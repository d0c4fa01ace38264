import { describe, expect, test } from "vitest";
import { cellText } from "../../../../../src/core/document/document.ts";
import { kvmWork } from "../../../../../src/core/machine/kvm-work.ts";
import type { TrialRow } from "../../../../../src/core/report/parts/report.ts";
import {
  type Attribution,
  attributionSection,
  attributions,
} from "../../../../../src/core/report/run/attribution.ts";
import { fixture } from "../../../fixture.ts";
import { madeUpTrial } from "../../../made-up/trial.ts";

const captured = [0, 1, 2].map((level) => ({
  level,
  before: fixture(`snapshot/L2-trial-L${level}-before.txt`),
  after: fixture(`snapshot/L2-trial-L${level}-after.txt`),
}));

describe("what KVM counted during a captured trial at L2", () => {
  test("is the difference of its counters, on the levels that hosted it", () => {
    const work = kvmWork(captured, 2);
    expect(work.map(({ level }) => level)).toEqual([0, 1]);
    expect(work[0]?.counts).toMatchObject({ exits: 28_837, nested_run: 3730, insn_emulation: 21_893 });
    expect(work[1]?.counts).toMatchObject({ exits: 3711, insn_emulation: 1766 });
  });

  test("leaves out what did not move and what is no event", () => {
    for (const { counts } of kvmWork(captured, 2)) {
      expect(Object.values(counts).every((count) => count > 0)).toBe(true);
      expect(Object.keys(counts)).not.toContain("halt_wait_ns");
    }
  });

  test("is nothing where the counters cannot be read, and not a zero", () => {
    expect(kvmWork([{ level: 0, before: "== kvm-counters\n", after: "== kvm-counters\n" }], 1)).toEqual([]);
    expect(kvmWork([{ level: 0, before: captured[0]?.before ?? "", after: "" }], 1)).toEqual([]);
  });
});

const row = (workload: string, level: number, kvm: TrialRow["kvm"], events = 1000): TrialRow => ({
  trial: madeUpTrial({ workload, level }),
  attempt: 1,
  bringUp: 1,
  startedAt: "2026-01-02T03:04:05.000Z",
  seconds: 2,
  reading: { metrics: { throughput: 1, response: 1 }, more: { events } },
  problem: undefined,
  doubts: [],
  kvm,
});

describe("the attribution of a run", () => {
  const rows = [
    row("cpu", 2, [
      { level: 0, counts: { exits: 20_000, nested_run: 2020, insn_emulation: 15_000, irq_exits: 900 } },
      { level: 1, counts: { exits: 2000, insn_emulation: 1500 } },
    ]),
    row("cpu", 2, [
      { level: 0, counts: { exits: 30_000, nested_run: 2980, insn_emulation: 22_500 } },
      { level: 1, counts: { exits: 3000, insn_emulation: 1500 } },
    ]),
    row("cpu", 1, [{ level: 0, counts: { exits: 500, irq_exits: 400 } }]),
    row("cpu", 0, []),
  ];
  const found = attributions(rows);

  test("sums each workload's trials per level and host", () => {
    expect(found.map(({ level, host, trials, transactions }) => [level, host, trials, transactions])).toEqual(
      [
        [1, 0, 1, 1000],
        [2, 0, 2, 2000],
        [2, 1, 2, 2000],
      ],
    );
    expect(found[1]?.counts.get("exits")).toBe(50_000);
  });

  const section = attributionSection(found, { comparisons: [] }, "wall");
  const tables = new Map(
    section?.blocks.flatMap((block): [string, readonly (readonly string[])[]][] =>
      block.kind === "table"
        ? [[block.table.id, block.table.rows.map(({ cells }) => cells.map(cellText))]]
        : [],
    ),
  );

  test("shows exits per second and per transaction, their multiplication, and the kinds that were most", () => {
    expect(tables.get("exits")).toEqual([
      ["cpu", "L1", "L0", "250", "0.500", "--", "--", "irq_exits 80%"],
      ["cpu", "L2", "L0", "12500", "25.0", "2.50", "10.0", "insn_emulation 75%, irq_exits 1.8%"],
      ["cpu", "L2", "L1", "1250", "2.50", "--", "--", "insn_emulation 60%"],
    ]);
  });

  test("shows whether the counters add up: nested entries at L0 against the exits that L1 counted", () => {
    expect(tables.get("exits-add-up")).toEqual([["cpu", "L2", "5000 at L0", "5000 at L1", "1.00"]]);
  });

  test("says it in a sentence per workload and level", () => {
    const [items] = section?.blocks ?? [];
    expect(items).toEqual({
      kind: "items",
      items: [
        "cpu at L1 made 0.500 exits per transaction at L0; most often for interrupts for the host (irq_exits, 80%)",
        "cpu at L2 made 25.0 exits per transaction at L0; most often for instructions that KVM emulates (insn_emulation, 75%); one exit of L2 became 10.0 at L0",
      ],
    });
  });

  test("has no exits per second where the machine's seconds are not the host's", () => {
    const columns = attributionSection(found, { comparisons: [] }, "counted")?.blocks.flatMap((block) =>
      block.kind === "table" && block.table.id === "exits"
        ? block.table.columns.map(({ title }) => title)
        : [],
    );
    expect(columns).toContain("exits");
    expect(columns).not.toContain("exits/s");
  });

  test("claims nothing where nothing was counted", () => {
    const nothing: readonly Attribution[] = attributions([row("cpu", 0, []), row("cpu", 1, [])]);
    expect(attributionSection(nothing, { comparisons: [] }, "wall")).toBeUndefined();
  });

  test("leaves out trials that could not be read", () => {
    const failed: TrialRow = { ...row("cpu", 1, [{ level: 0, counts: { exits: 1 } }]), reading: undefined };
    expect(attributions([failed])).toEqual([]);
  });
});
