/** The arrows of ARCHITECTURE.md: imports point one way. Each rule says where the code belongs instead. */
const room = (...names) => ({ path: `^src/(${names.join("|")})/` });

module.exports = {
  forbidden: [
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
      comment:
        "A reference is data that core/published.ts describes; what judges or draws it lives in core/.",
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
