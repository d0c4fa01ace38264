/** The arrows of ARCHITECTURE.md: imports point one way. Each rule says where the code belongs instead. */
const room = (...names) => ({ path: `^src/(${names.join("|")})/` });

/** The rooms of core/ in the order in which data flows: each with the rooms that it may use, and what belongs in it. */
const CORE = [
  [
    "base",
    [],
    "Words that every room uses: problems, units, random streams. It knows nothing of virtualization.",
  ],
  [
    "study",
    ["base"],
    "What somebody wants to know. What machines said goes to machine/, what was run to trial/.",
  ],
  ["stats", ["base"], "Numbers in, numbers out. What they are of belongs in analysis/."],
  ["machine", ["base", "study"], "What a machine says of itself. What was run on it goes to trial/."],
  [
    "document",
    ["base", "stats"],
    "Sections, tables and figures without their content, which belongs in report/.",
  ],
  [
    "trial",
    ["base", "study", "machine"],
    "The plan, one execution and its guards. What many say belongs in analysis/.",
  ],
  [
    "published",
    ["base", "stats", "document"],
    "Published figures and their audit. dvirt's own runs are analysis/'s matter.",
  ],
  ["doctor", ["base", "study", "machine"], "What a machine can do before anything runs."],
  ["zvm", ["base", "study"], "z/VM's protocols as text and types."],
  [
    "analysis",
    ["base", "stats", "study", "trial"],
    "What the readings say. How it is shown belongs in report/.",
  ],
  [
    "report/parts",
    ["base", "stats", "study", "machine", "document", "trial", "analysis"],
    "What the reports of a run, of several and of a published study share.",
  ],
  [
    "report/run",
    ["base", "stats", "study", "machine", "document", "trial", "published", "analysis", "report/parts"],
    "The report of one run. What a published study's report needs too belongs in report/parts/.",
  ],
  [
    "report/several",
    ["base", "stats", "study", "document", "analysis", "report/parts", "report/run"],
    "The report of several runs.",
  ],
  [
    "report/published",
    ["base", "stats", "study", "document", "published", "analysis", "report/parts"],
    "The report of a published study. What a run's report needs too belongs in report/parts/.",
  ],
];

/** The rooms of platforms/: one for each hypervisor or way to machines; `steps` is their common ground. */
const PLATFORMS = [
  ["steps", [], "What any driver that makes guests needs. One hypervisor's own goes to its room."],
  ["qemu", ["steps"], "QEMU and what it runs: KVM, TCG, Xen."],
  ["bochs", ["steps", "qemu"], "The Bochs computer; its guests are QEMU's."],
  ["hercules", ["steps", "qemu"], "The Hercules mainframe; its guest is QEMU's."],
  ["ssh", [], "Machines that are there already."],
  ["zvm", ["ssh"], "Guests of z/VM, reached as SSH targets are."],
];

const arrows = (base, rooms) =>
  rooms.map(([name, uses, belongs]) => ({
    name: `${base}-${name.replace("/", "-")}`,
    comment: `${belongs} It may use: ${uses.join(", ") || "no other room"}.`,
    severity: "error",
    from: { path: `^src/${base}/${name}/` },
    to: { path: `^src/${base}/[^/]+/`, pathNot: `^src/${base}/(${[name, ...uses].join("|")})/` },
  }));

module.exports = {
  forbidden: [
    ...arrows("core", CORE),
    ...arrows("platforms", PLATFORMS),
    {
      name: "core-has-rooms",
      comment: "Every file of core/ has a room: see the table above.",
      severity: "error",
      from: { path: "^src/core/[^/]+\\.ts$" },
      to: {},
    },
    {
      name: "core-is-pure",
      comment:
        "The core does no I/O: take what it needs as an argument, or move the code to lab/ or adapters/.",
      severity: "error",
      from: room("core"),
      to: { path: "^src/(?!core/)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "core-knows-no-node",
      comment:
        "No node:* in the core, the references, the workloads and the outputs: put the I/O into adapters/.",
      severity: "error",
      from: room("core", "references", "workloads", "outputs"),
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "workloads-and-outputs-know-the-core-only",
      comment: "A workload or an output is a pure file over core/; what runs it lives in lab/.",
      severity: "error",
      from: room("workloads", "outputs"),
      to: { path: "^src/(?!core/|workloads/|outputs/)" },
    },
    {
      name: "workloads-and-outputs-are-strangers",
      comment: "Neither needs the other; what both need belongs in core/.",
      severity: "error",
      from: { path: "^src/(workloads|outputs)/" },
      to: { path: "^src/(workloads|outputs)/", pathNot: "^src/$1/" },
    },
    {
      name: "references-know-the-core-only",
      comment: "A reference is data that core/published/ describes; what judges or draws it lives in core/.",
      severity: "error",
      from: room("references"),
      to: { path: "^src/(?!core/|references/)" },
    },
    {
      name: "lab-knows-ports-not-adapters",
      comment: "The lab works over its ports (lab/ports.ts); wire the implementation in cli/ or platforms/.",
      severity: "error",
      from: room("lab"),
      to: { path: "^src/(?!core/|lab/)" },
    },
    {
      name: "nobody-imports-the-cli",
      comment: "Commands are the outermost room; move what others need inwards.",
      severity: "error",
      from: { path: "^src/(?!cli/|main\\.ts$)" },
      to: room("cli"),
    },
    {
      name: "web-reads-over-ports",
      comment:
        "A page is made from what its caller hands it: reach the store through lab/library.ts, and let cli/serve.ts wire sockets, processes and secrets.",
      severity: "error",
      from: room("web"),
      to: { path: "^src/(adapters|platforms|images|cli)/" },
    },
    {
      name: "nobody-imports-the-web",
      comment: "Pages are an outermost room; what others need of them belongs in outputs/ or lab/.",
      severity: "error",
      from: { path: "^src/(?!web/|cli/serve\\.ts$)" },
      to: room("web"),
    },
    {
      name: "adapters-know-no-platform",
      comment: "An adapter serves any platform: pass what differs as an argument.",
      severity: "error",
      from: room("adapters"),
      to: room("platforms", "images", "workloads", "outputs", "web"),
    },
    {
      name: "processes-files-sql-and-ssh-live-in-adapters",
      comment: "Use the adapter for it (files.ts, process.ts, machine/, store/), or add one.",
      severity: "error",
      from: { path: "^src/(?!adapters/)" },
      to: {
        path: "^(child_process|fs|fs/promises|net|http|https)$|node_modules/(ssh2|@types/ssh2|libsql|kysely)/",
      },
    },
    {
      name: "no-circles",
      comment: "Two modules that need each other are one, or need a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "Nobody imports this file: delete it, or register it.",
      severity: "error",
      from: { orphan: true, pathNot: "^src/(main\\.ts$|web/browser/)" },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
