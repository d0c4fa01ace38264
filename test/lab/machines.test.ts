import { localMachine } from "../../src/adapters/machine/local.ts";
import { simulatedMachine } from "../../src/adapters/machine/simulated.ts";
import type { Command } from "../../src/core/base/command.ts";
import { COMMANDS, machineConformance } from "../conformance/machine.ts";

machineConformance("the local machine", "real", () => localMachine());

const nameOf = ({ argv, stdin = "" }: Command) => [...argv, stdin].join("\0");
const answers = new Map(
  await Promise.all(
    Object.values(COMMANDS).map(async (command: Command) => {
      const completed = await localMachine().run(command, AbortSignal.timeout(60_000));
      return [nameOf(command), completed] as const;
    }),
  ),
);

// A simulated machine knows only the answers that it is given: here those of the suite.
machineConformance("a simulated machine", "told", () =>
  simulatedMachine({
    name: "simulated",
    commandSeconds: 0.001,
    answer: (command) => answers.get(nameOf(command)),
  }),
);
