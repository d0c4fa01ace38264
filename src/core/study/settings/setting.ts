/** One way to make a machine differently: a file with one object, and a line in index.ts. */
export interface Setting {
  readonly name: string;
  /** One clause that says what it does. */
  readonly about: string;
  readonly values: readonly string[];
  /** What a machine has where a study says nothing. */
  readonly usual: string;
  /** 1 where a hypervisor has to give it, so that L0 cannot have it. */
  readonly fromLevel: 0 | 1;
  /** What the value changes in a machine's design. */
  design(value: string, at: SettingPlace): Partial<MachineDesign>;
}

export interface SettingPlace {
  /** Whether the machine is to host another one. */
  readonly hosts: boolean;
}

/** How one machine is made, beside its size and files. */
export interface MachineDesign {
  readonly disk: "virtio" | "ide";
  readonly nic: "none" | "virtio" | "e1000";
  /** QEMU's word for the processor that a guest sees, with its flags. */
  readonly cpuModel: string;
  /** Where a guest's memory comes from: ordinary pages of the machine below, or huge ones reserved there. */
  readonly memory: "ordinary" | "huge-pages";
  /** Of a guest's scratch disk; undefined leaves it to the study's `scratch.cache`. */
  readonly scratchCache: "none" | "writeback" | undefined;
  readonly kernelArguments: readonly string[];
  /** What is done on the machine when it is up, and how to see there that it is so. */
  readonly onMachine: readonly MachineState[];
}

/** A state that a machine must be in before anything is measured on it. */
export interface MachineState {
  /** Shell text that brings it about; absent where the design already did. */
  readonly set?: string;
  /** Shell text that succeeds where it is so. */
  readonly holds: string;
}

export const USUAL_DESIGN: MachineDesign = {
  disk: "virtio",
  nic: "none",
  cpuModel: "host",
  memory: "ordinary",
  scratchCache: undefined,
  kernelArguments: [],
  onMachine: [],
};
