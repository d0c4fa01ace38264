import { type Guard, unchanged } from "./guard.ts";

/** A balloon takes memory from a guest while it runs; its kernel then counts less in all. */
export const memorySize: Guard = {
  name: "memory-size",
  check: (input) =>
    unchanged(
      input,
      "memory",
      ({ memory }) => inWords(memory.get("MemTotal")),
      ({ atBringUp, facts }) =>
        (atBringUp && inWords(atBringUp.memory.get("MemTotal"))) ?? ofFacts(facts.get("memory")),
    ),
};

function inWords(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${bytes / 1024} KiB`;
}

function ofFacts(text: string | undefined): string | undefined {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(text ?? "")?.[1];
  return kibibytes === undefined ? undefined : `${kibibytes} KiB`;
}
