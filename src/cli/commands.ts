import type { CommandEntry, Operand } from "./define.ts";

const STUDY: Operand = {
  form: "[study]",
  about: "a study that ships, by its name, or the path of a YAML file; quick unless given",
  words: "studies",
};

const RUN: Operand = {
  form: "[run]",
  about:
    "a run or a group by its name, the beginning of it or its label, latest, or latest~1; the latest unless given",
  words: "runs",
};

const LAB = "the test machines cannot be started here";
const STORE = "the store cannot be used";
const STOPPED = "stopped; everything was taken down, and nothing measured is lost";

export const commands: readonly CommandEntry[] = [
  {
    name: "run",
    about:
      "bring the stack up, measure every level, print what each layer costs; a command of your own behind --",
    operands: [STUDY],
    takesCommand: true,
    leaves: true,
    examples: [
      ["dvirt run --platform simulated", "try the program in seconds: no machine, no root"],
      ["dvirt run", "what L1 and L2 cost on this computer, in a few minutes"],
      ["dvirt run --workloads cpu,oltp --boots 6", "two workloads, six boots"],
      ["dvirt run --until 5% --budget 2h", "boots until every headline ratio is known to 5%"],
      ["dvirt run -- gzip -9 -k -c /usr/lib/dvirt/vmlinux", "a command of your own at every level"],
    ],
    exits: { 1: "a trial failed", 69: LAB, 130: STOPPED },
    load: async () => (await import("./run.ts")).defineRun,
  },
  {
    name: "resume",
    about: "go on with a run or a group that was stopped",
    leaves: true,
    operands: [RUN],
    examples: [
      ["dvirt resume", "go on with the latest run; nothing is measured twice"],
      ["dvirt resume latest --boots 6", "give it more boots, six in all"],
    ],
    exits: { 1: "a trial failed", 69: LAB, 130: STOPPED },
    load: async () => (await import("./run.ts")).defineResume,
  },
  {
    name: "plan",
    about: "print what run would do, and do nothing",
    operands: [STUDY],
    takesCommand: true,
    examples: [
      ["dvirt plan", "every trial of quick, with time, memory and disk"],
      ["dvirt plan fitzgerald-2014 --levels 1", "the 2014 study, one guest deep"],
    ],
    exits: { 69: LAB },
    load: async () => (await import("./plan.ts")).definePlan,
  },
  {
    name: "workloads",
    about: "list the workloads that a study can name, with their parameters",
    operands: [],
    examples: [["dvirt workloads", "each with what it isolates and its defaults"]],
    exits: {},
    load: async () => (await import("./workloads.ts")).defineWorkloads,
  },
  {
    name: "init",
    about: "write a study to start from, with a comment on each key",
    operands: [{ form: "[file]", about: "the file to make; study.yaml unless given" }],
    examples: [
      ["dvirt init", "writes study.yaml"],
      ["dvirt init my.yaml", "or under another name, which is the study's too"],
    ],
    exits: {},
    load: async () => (await import("./init.ts")).defineInit,
  },
  {
    name: "list",
    about: "list the runs and groups in the store",
    operands: [],
    examples: [["dvirt list", "every run, oldest first"]],
    exits: { 69: STORE },
    load: async () => (await import("./list.ts")).defineList,
  },
  {
    name: "show",
    about: "show a run, or all that one trial left",
    operands: [
      RUN,
      { form: "[trial]", about: "a trial by its id, such as b1-up-L2-oltp-1; dvirt show --full lists them" },
    ],
    examples: [
      ["dvirt show", "the latest run's answer on one screen"],
      ["dvirt show --full", "its tables, notes and trials"],
      ["dvirt show latest b1-up-L2-oltp-1", "raw output, argv, facts, evidence and guards of one trial"],
    ],
    exits: { 69: STORE },
    load: async () => (await import("./show.ts")).defineShow,
  },
  {
    name: "report",
    about: "the report of a run, a group or a published study",
    operands: [
      {
        form: "[subject]",
        about:
          "a run or a group, another store's file (FILE or FILE:NAME), or a published study such as fitzgerald-2014",
        words: "runs",
      },
    ],
    examples: [
      ["dvirt report --format html,pdf", "the latest run as a page and as a paper"],
      ["dvirt report fitzgerald-2014", "a published study in the same form"],
    ],
    exits: { 69: STORE },
    load: async () => (await import("./report.ts")).defineReport,
  },
  {
    name: "compare",
    about: "runs and published studies side by side, the first as the measure",
    operands: [{ form: "<subjects...>", about: "two or more, as report takes them", words: "runs" }],
    examples: [
      ["dvirt compare fitzgerald-2014 latest --full", "this computer beside the 2014 study"],
      ["dvirt compare latest~1 latest", "the last two runs"],
      ["dvirt compare before after --fail-on-slower 5%", "runs by label; exit 1 where one is slower"],
    ],
    exits: { 1: "something is slower than --fail-on-slower allows", 69: STORE },
    load: async () => (await import("./compare.ts")).defineCompare,
  },
  {
    name: "serve",
    about: "the store as web pages: runs, live, comparisons, audits; read-only, on this machine alone",
    leaves: true,
    operands: [],
    examples: [
      ["dvirt serve", "http://127.0.0.1:8090/ until Ctrl-C"],
      ["dvirt serve --listen 0.0.0.0", "for other machines too, with a token"],
    ],
    exits: { 69: STORE },
    load: async () => (await import("./serve.ts")).defineServe,
  },
  {
    name: "shell",
    about: "open a shell that many levels deep",
    leaves: true,
    operands: [{ form: "<level>", about: "the deepest level", words: ["0", "1", "2", "3"] }],
    examples: [["dvirt shell 2", "two guests deep; exit takes it all down again"]],
    exits: { 69: LAB, 130: STOPPED },
    load: async () => (await import("./shell.ts")).defineShell,
  },
  {
    name: "audit",
    about:
      "recompute all that follows from a published study's figures, or a CSV file's, and list what does not hold",
    operands: [
      {
        form: "[subject]",
        about: "a published study, or the path of a CSV file; fitzgerald-2014 unless given",
      },
    ],
    examples: [
      ["dvirt audit", "the 2014 study's tables, recomputed from their own digits"],
      ["dvirt audit results.csv", "a table of your own"],
    ],
    exits: { 1: "a printed figure does not hold" },
    load: async () => (await import("./audit.ts")).defineAudit,
  },
  {
    name: "doctor",
    about:
      "say what this machine can do and what stands in the way, with evidence and remedies; change nothing",
    operands: [],
    examples: [["dvirt doctor", "can this computer run guests of guests, and if not, why?"]],
    exits: { 1: "something stands in the way", 69: "nothing can be measured here" },
    load: async () => (await import("./doctor.ts")).defineDoctor,
  },
  {
    name: "clean",
    about: "remove images, data sets and leftovers from the cache, saying what and how big",
    leaves: true,
    operands: [],
    examples: [["dvirt clean --dry-run", "what would go; measured runs always stay"]],
    exits: { 69: "a run is going on" },
    load: async () => (await import("./clean.ts")).defineClean,
  },
  {
    name: "completion",
    about: "print a script with which a shell completes commands, options and names",
    operands: [{ form: "<shell>", about: "bash, zsh or fish", words: ["bash", "zsh", "fish"] }],
    examples: [
      ["dvirt completion bash >~/.local/share/bash-completion/completions/dvirt", "for bash"],
      ["dvirt completion fish >~/.config/fish/completions/dvirt.fish", "for fish"],
    ],
    exits: {},
    load: async () => (await import("./completion.ts")).defineCompletion(commands),
  },
  {
    name: "man",
    about: "print the man page",
    operands: [],
    examples: [
      ["dvirt man | man -l -", "read it"],
      ["dvirt man >~/.local/share/man/man1/dvirt.1", "install it"],
    ],
    exits: {},
    load: async () => (await import("./man.ts")).defineMan(commands),
  },
];
