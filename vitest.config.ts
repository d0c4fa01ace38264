import { defineConfig } from "vitest/config";

/**
 * Six rooms: unit (pure, milliseconds), lab (a run on made-up machines, its store and its report, in this process),
 * program (the built program on the simulated lab), browser (documents in the programs that people open them with),
 * network (SSH servers in network namespaces), live (one real stack).
 */
export default defineConfig({
  test: {
    reporters: ["default", "./test/summary-reporter.ts"],
    maxWorkers: "100%", // of the CPUs
    expect: { requireAssertions: true }, // a loop over nothing is no test
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false, // what is tested keeps no state, and importing it anew for each file takes as long as the tests
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: "lab", include: ["test/lab/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/program/**/*.test.ts"],
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/packages.ts"],
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "network",
          include: ["test/network/**/*.test.ts"],
          globalSetup: ["test/packages.ts"],
          fileParallelism: false, // the first that needs the image builds it
          sequence: { groupOrder: 2 },
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          globalSetup: ["test/packages.ts"],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          retry: 1, // a lost machine is not a failed test; the retry is shown
          fileParallelism: false, // one stack at a time on a machine
          sequence: { groupOrder: 3 },
        },
      },
      // On request only (npm run test:slow): twice the layers, many times the minutes.
      ...(process.env["DVIRT_SLOW"] === undefined
        ? []
        : [
            {
              extends: true as const,
              test: {
                name: "slow",
                globalSetup: ["test/packages.ts"],
                include: ["test/slow/**/*.test.ts"],
                fileParallelism: false,
                testTimeout: 3_600_000,
                hookTimeout: 2_400_000,
              },
            },
          ]),
    ],
  },
});
