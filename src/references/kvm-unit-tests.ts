import type { PublishedStudy } from "../core/published/published.ts";

const EXIT = { level: 1, unit: "cycles", standing: "verified", event: "exit" } as const;

/** KVM's own benchmark of single exits (x86/vmexit.flat), as its developers report it beside their changes. */
export const kvmUnitTests: PublishedStudy = {
  name: "kvm-unit-tests",
  title: "x86/vmexit of kvm-unit-tests, as reported on the KVM mailing list",
  authors: ["Wanpeng Li", "Sean Christopherson", "Bernhard Kauer"],
  year: 2024,
  citation:
    "Messages to kvm@vger.kernel.org: Wanpeng Li, KVM: VMX: Micro-optimize vmexit time when not exposing PMU, version 2, 13 March 2020 (1584071718-17163-1-git-send-email-wanpengli@tencent.com); Sean Christopherson, quoting Bernhard Kauer, Re: KVM: x86: Drop the kvm_has_noapic_vcpu optimization, 12 December 2024 (Z1r-Nh0JAQdL_L8n@google.com)",
  tables: [],
  figures: [],
  quoted: [
    {
      ...EXIT,
      what: "one VMCALL",
      workload: "vmcall",
      value: "1,529 to 1,559",
      source: "Li 2020, with the patch and without",
      hardware: "Intel Skylake server",
    },
    {
      ...EXIT,
      what: "one CPUID",
      workload: "cpuid",
      value: "1,018 to 1,027",
      source: "Christopherson 2024, with the change and without; one pinned CPU",
    },
    {
      ...EXIT,
      what: "one CPUID, median of 100 runs",
      workload: "cpuid",
      value: "1,098",
      source: "Kauer 2024; one pinned CPU",
    },
  ],
  notes: ["Developers' measurements on the machine at hand: good for trends, as their authors say."],
};
