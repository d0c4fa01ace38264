import type { Define } from "./define.ts";

/** What the list of commands says of one; the rest of it is loaded when it is called. */
export interface CommandEntry {
  readonly usage: string;
  readonly about: string;
  /** Whether what stands behind `--` is a command of the user's own. */
  readonly takesCommand?: true;
  /** What it does beyond what it prints: where that cannot be written, this still counts. */
  readonly leaves?: true;
  readonly load: () => Promise<Define>;
}

export const commands: readonly CommandEntry[] = [
  {
    usage: "run [study]",
    about:
      "bring the stack up, measure every level, print what each layer costs; a command of your own behind --",
    takesCommand: true,
    leaves: true,
    load: async () => (await import("./run.ts")).defineRun,
  },
  {
    usage: "resume [run]",
    about: "go on with a run or a group that was stopped",
    leaves: true,
    load: async () => (await import("./run.ts")).defineResume,
  },
  {
    usage: "plan [study]",
    about: "print what run would do, and do nothing",
    takesCommand: true,
    load: async () => (await import("./plan.ts")).definePlan,
  },
  {
    usage: "list",
    about: "list the runs and groups in the store",
    load: async () => (await import("./list.ts")).defineList,
  },
  {
    usage: "show [run] [trial]",
    about: "show a run, or all that one trial left",
    load: async () => (await import("./show.ts")).defineShow,
  },
  {
    usage: "report [subject]",
    about: "the report of a run, a group or a published study",
    load: async () => (await import("./report.ts")).defineReport,
  },
  {
    usage: "compare <subjects...>",
    about: "runs and published studies side by side, the first as the measure",
    load: async () => (await import("./compare.ts")).defineCompare,
  },
  {
    usage: "serve",
    about: "the store as web pages: runs, live, comparisons, audits; read-only, on this machine alone",
    leaves: true,
    load: async () => (await import("./serve.ts")).defineServe,
  },
  {
    usage: "shell <level>",
    about: "open a shell that many levels deep",
    leaves: true,
    load: async () => (await import("./shell.ts")).defineShell,
  },
  {
    usage: "audit [subject]",
    about:
      "recompute all that follows from a published study's figures, or a CSV file's, and list what does not hold",
    load: async () => (await import("./audit.ts")).defineAudit,
  },
  {
    usage: "doctor",
    about:
      "say what this machine can do and what stands in the way, with evidence and remedies; change nothing",
    load: async () => (await import("./doctor.ts")).defineDoctor,
  },
  {
    usage: "clean",
    about: "remove images, data sets and leftovers from the cache, saying what and how big",
    leaves: true,
    load: async () => (await import("./clean.ts")).defineClean,
  },
];
