import { describe, expect, it } from "vitest";
import { localMachine } from "../../src/adapters/machine/local.ts";
import { type Recorded, recordingMachine, replayMachine } from "../../src/adapters/machine/replay.ts";
import { simulatedMachine } from "../../src/adapters/machine/simulated.ts";
import { COMMANDS, machineConformance } from "../conformance/machine.ts";

machineConformance("the local machine", "real", () => localMachine());

const recording: Recorded[] = [];
const recorder = recordingMachine(localMachine(), recording);
for (const command of Object.values(COMMANDS)) await recorder.run(command, AbortSignal.timeout(60_000));
machineConformance("a replay of it", "recorded", () => replayMachine("replay", recording));

describe("a replay", () => {
  it("refuses what was not recorded instead of making an answer up", async () => {
    const replay = replayMachine("replay", recording);
    const done = await replay.run({ argv: ["uname"], timeoutSeconds: 1 }, new AbortController().signal);
    expect(done.end).toEqual({ kind: "lost", what: "not recorded: uname" });
  });
});

// A simulated machine knows only the answers that it is given: here those of the suite.
machineConformance("a simulated machine", "recorded", () =>
  simulatedMachine({
    name: "simulated",
    commandSeconds: 0.001,
    answer: (command) =>
      recording.find((one) => one.argv.join("\0") === command.argv.join("\0") && one.stdin === command.stdin)
        ?.completed,
  }),
);
