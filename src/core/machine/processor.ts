/**
 * The name of a processor from the lines of /proc/cpuinfo by name; empty where they tell none. ARM's have no name there,
 * or one that many share (`ARMv8 Processor`), but the numbers of who made it and what it is. Two unlike processors have
 * unlike texts.
 */
export function processorText(cpuinfo: ReadonlyMap<string, string>): string {
  const [implementer, part] = [cpuinfo.get("CPU implementer"), cpuinfo.get("CPU part")];
  if (implementer !== undefined && part !== undefined) {
    const known = `${MAKERS[implementer] ?? ""} ${PARTS[`${implementer} ${part}`] ?? ""}`.trim();
    const revision = `r${Number(cpuinfo.get("CPU variant"))}p${cpuinfo.get("CPU revision")}`;
    return `${known}${known === "" ? "" : " "}(implementer ${implementer}, part ${part}, ${revision})`;
  }
  const model = cpuinfo.get("model name");
  if (model !== undefined && model !== "" && model !== "unknown") return model;
  const numbers = [cpuinfo.get("vendor_id"), cpuinfo.get("cpu family"), cpuinfo.get("model")];
  const [vendor, family, number] = numbers;
  return family === undefined ? "" : `${vendor ?? "x86"} family ${family} model ${number ?? "unknown"}`;
}

/** Main ID Register, implementer: Arm Architecture Reference Manual, MIDR_EL1. */
const MAKERS: Readonly<Record<string, string>> = {
  "0x41": "ARM",
  "0x43": "Cavium",
  "0x46": "Fujitsu",
  "0x48": "HiSilicon",
  "0x4e": "NVIDIA",
  "0x50": "APM",
  "0x51": "Qualcomm",
  "0x61": "Apple",
  "0x6d": "Microsoft",
  "0x70": "Phytium",
  "0xc0": "Ampere",
};

/** Parts that servers and clouds have: Linux, arch/arm64/include/asm/cputype.h. */
const PARTS: Readonly<Record<string, string>> = {
  "0x41 0xd03": "Cortex-A53",
  "0x41 0xd07": "Cortex-A57",
  "0x41 0xd08": "Cortex-A72",
  "0x41 0xd0b": "Cortex-A76",
  "0x41 0xd0c": "Neoverse-N1",
  "0x41 0xd40": "Neoverse-V1",
  "0x41 0xd49": "Neoverse-N2",
  "0x41 0xd4f": "Neoverse-V2",
  "0x41 0xd84": "Neoverse-V3",
  "0x41 0xd8e": "Neoverse-N3",
  "0x43 0x0af": "ThunderX2",
  "0x46 0x001": "A64FX",
  "0x48 0xd01": "Kunpeng-920",
  "0x6d 0xd49": "Azure-Cobalt-100",
  "0xc0 0xac3": "Ampere-1",
  "0xc0 0xac4": "Ampere-1A",
};
