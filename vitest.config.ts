import { defineConfig } from "vitest/config";

/**
 * Five rooms: unit (pure, milliseconds), program (the built program on the simulated lab), browser (documents in the
 * programs that people open them with), network (SSH servers in network namespaces), live (one real stack).
 */
export default defineConfig({
  test: {
    reporters: ["default", "./test/summary-reporter.ts"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        test: {
          name: "program",
          include: ["test/program/**/*.test.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/packages.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "network",
          include: ["test/network/**/*.test.ts"],
          globalSetup: ["test/network/packages.ts"],
          fileParallelism: false, // the first that needs the image builds it
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          globalSetup: ["test/lab-for-tests.ts"],
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
              test: {
                name: "slow",
                globalSetup: ["test/lab-for-tests.ts"],
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
