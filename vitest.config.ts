import { defineConfig } from "vitest/config";

/** Three rooms: unit (pure, milliseconds), program (the built program on the simulated lab), live (one real stack). */
export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "program", include: ["test/program/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 } },
      {
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          globalSetup: ["test/live/packages.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false, // one stack at a time on a machine
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
