import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chooseCpus,
  flatTopology,
  numbersOf,
  parseTopology,
  type Topology,
} from "../../../../src/core/machine/topology.ts";

/** As TOPOLOGY_SCRIPT prints it: `cpu=node package/core`. */
function printed(cpus: readonly string[], allowed: string, memory = "0"): Topology {
  return parseTopology(
    `== cpus\n${cpus.join("\n")}\n== allowed\nCpus_allowed_list:\t${allowed}\n== memory\n${memory}\n`,
  );
}

/** Two sockets of two cores with two threads each; siblings are four apart, as on most servers. */
const SERVER = printed(
  ["0=0 0/0", "1=0 0/1", "2=1 1/0", "3=1 1/1", "4=0 0/0", "5=0 0/1", "6=1 1/0", "7=1 1/1"],
  "0-7",
  "0-1",
);

/** One socket whose siblings are neighbours, as on many desktops. */
const DESKTOP = printed(["0=0 0/0", "1=0 0/0", "2=0 0/1", "3=0 0/1", "4=0 0/2", "5=0 0/2"], "0-5");

describe("CPUs are chosen", () => {
  test("from one node, one thread of each core before its sibling", () => {
    expect(chooseCpus(SERVER, 1)).toEqual({ cpus: [0], memoryNodes: [0] });
    expect(chooseCpus(SERVER, 2)).toEqual({ cpus: [0, 1], memoryNodes: [0] });
    expect(chooseCpus(SERVER, 4)).toEqual({ cpus: [0, 1, 4, 5], memoryNodes: [0] });
    expect(chooseCpus(DESKTOP, 3)).toEqual({ cpus: [0, 2, 4], memoryNodes: [0] });
    expect(chooseCpus(DESKTOP, 5)).toEqual({ cpus: [0, 2, 4, 1, 3], memoryNodes: [0] });
  });

  test("from a second node only where one has too few, with the memory of both", () => {
    expect(chooseCpus(SERVER, 6)).toEqual({ cpus: [0, 1, 4, 5, 2, 3], memoryNodes: [0, 1] });
  });

  test("from the node that has whole cores enough, if another would share cores", () => {
    const uneven = printed(["0=0 0/0", "1=0 0/0", "2=1 1/0", "3=1 1/1"], "0-3", "0-1");
    expect(chooseCpus(uneven, 2)).toEqual({ cpus: [2, 3], memoryNodes: [1] });
    expect(chooseCpus(uneven, 1).cpus).toEqual([0]);
  });

  test("from the largest node first where none has enough", () => {
    const uneven = printed(["0=0 0/0", "1=1 1/0", "2=1 1/1"], "0-2", "0-1");
    expect(chooseCpus(uneven, 3).cpus).toEqual([1, 2, 0]);
  });

  test("of those that dvirt itself may use", () => {
    const some = printed(["0=0 0/0", "1=0 0/1", "2=0 0/2", "3=0 0/3"], "1,3");
    expect(chooseCpus(some, 2).cpus).toEqual([1, 3]);
    expect(chooseCpus(some, 4).cpus).toEqual([1, 3]);
  });

  test("on a node without memory, with the memory that there is", () => {
    const bare = printed(["0=0 0/0", "1=1 1/0", "2=1 1/1"], "0-2", "0");
    expect(chooseCpus(bare, 2)).toEqual({ cpus: [1, 2], memoryNodes: [0] });
  });

  test("on a machine whose kernel says nothing of cores, in their order", () => {
    expect(chooseCpus(printed(["0=0 0/0", "1=0 0/1", "10=0 0/10", "2=0 0/2"], "0-2,10"), 4).cpus).toEqual([
      0, 1, 2, 10,
    ]);
  });

  test("so that fewer of them are always the first of more within a flat machine", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }), (cpus, count) => {
        const chosen = chooseCpus(flatTopology(cpus), count).cpus;
        expect(chosen).toEqual(Array.from({ length: Math.min(cpus, count) }, (_, id) => id));
      }),
    );
  });

  test("without a repeat, as many as asked for or as there are, on any machine", () => {
    const place = fc.record({ node: fc.nat(3), core: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 32 }),
        fc.integer({ min: 1, max: 40 }),
        (places, count) => {
          const machine: Topology = {
            cpus: places.map(({ node, core }, id) => ({ id, node, core: `${node}/${core}` })),
            memoryNodes: [0, 1, 2, 3],
          };
          const { cpus, memoryNodes } = chooseCpus(machine, count);
          expect(cpus).toHaveLength(Math.min(count, places.length));
          expect(new Set(cpus).size).toBe(cpus.length);
          expect([...memoryNodes].sort()).toEqual([...new Set(cpus.map((id) => places[id]?.node))].sort());
          // No two threads of a core while a core of the same node is idle.
          const cores = new Map<string, number>();
          for (const { id, core } of machine.cpus)
            if (cpus.includes(id)) cores.set(core, (cores.get(core) ?? 0) + 1);
          for (const { id, node, core } of machine.cpus) {
            if (cpus.includes(id) || cores.has(core)) continue;
            for (const [used, threads] of cores) if (used.startsWith(`${node}/`)) expect(threads).toBe(1);
          }
        },
      ),
    );
  });
});

test("the kernel's lists of numbers are read", () => {
  expect(numbersOf("0-3,8")).toEqual([0, 1, 2, 3, 8]);
  expect(numbersOf("5\n")).toEqual([5]);
  expect(numbersOf("")).toEqual([]);
});
