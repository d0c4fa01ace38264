import { describe, expect, test } from "vitest";
import { parseFacts } from "../../../../src/core/machine/facts.ts";
import { domain0Bytes, xenProblems } from "../../../../src/core/study/xen.ts";
import { madeUpStudy } from "../../made-up/study.ts";

const MIB = 2 ** 20;

/** KVM below, Xen above; the reserve in MiB. */
function chain(reserve: number, different = {}) {
  return madeUpStudy({
    hypervisors: ["kvm", "xen"],
    resources: {
      policy: "constant-guest",
      guest: { cpus: 1, memoryBytes: 512 * MIB },
      reserve: { cpus: 0, memoryBytes: reserve * MIB },
      ...different,
    },
  });
}

describe("a level that boots Xen", () => {
  test("is fine where its domain 0 has room for what is measured in the guest, and something of its own", () => {
    expect(xenProblems(chain(960))).toEqual([]);
    expect(domain0Bytes((512 + 960) * MIB, 512 * MIB)).toBe((512 + 256) * MIB);
  });

  test("needs a larger reserve where it has not, and says how large", () => {
    expect(xenProblems(chain(900))).toMatchObject([
      { code: "reserve-too-small", hint: "resources.reserve.memory of at least 960MiB" },
    ]);
  });

  test("is measured like a guest, or not at all", () => {
    expect(xenProblems(chain(960, { policy: "reserved" }))).toMatchObject([{ code: "policy-not-there" }]);
  });

  test("has no CPUs pinned, and no settings", () => {
    expect(xenProblems(chain(960, { pin: true }))).toMatchObject([{ code: "pinning-not-there" }]);
    const study = { ...chain(960), settings: { "L1.thp": "never" }, factors: { disk: ["virtio", "ide"] } };
    expect(xenProblems(study)).toMatchObject([
      { code: "setting-not-there", what: expect.stringContaining("L1.thp, disk") },
    ]);
  });

  test("is no affair of other chains", () => {
    expect(xenProblems({ ...chain(1), hypervisors: ["kvm", "tcg"] })).toEqual([]);
  });
});

describe("what a machine says of Xen below it", () => {
  const said = (capabilities: string, kind: string) =>
    parseFacts(
      `== dmi\nQEMU\nStandard PC\n== cpuinfo\nflags\t: fpu hypervisor\n== xen\ntype=xen\nversion/major=4\nversion/minor=17\nversion/extra=.7\nguest_type=${kind}\ncapabilities=${capabilities}\n`,
    ).hypervisor;

  test("a domain 0 stands on a computer of its own, and a guest does not see it", () => {
    expect(said("control_d", "PV")).toBe("Xen 4.17.7 (its domain 0, PV; below: QEMU Standard PC)");
    expect(said("", "PVH")).toBe("Xen 4.17.7 (a PVH guest)");
  });
});
