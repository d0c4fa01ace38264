// Writes the captured tool output that the unit tests read: node scripts/capture-fixtures.mjs STORE RUN|latest [GROUP…]
// Groups are sysbench, facts, snapshot and, of a run in counted time, snapshot-counted, all where none is named; what was captured of others stays.
// Run it on a copy of a store, after a build; opening a store may bring the file up to date.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "../dist/adapters/store/sqlite.js";
import { imageOf } from "../dist/core/machine/provenance.js";

const folder = fileURLToPath(new URL("../test/fixtures", import.meta.url));

const [storeFile, wantedRun, ...groups] = process.argv.slice(2);
if (storeFile === undefined || wantedRun === undefined) {
  console.error("usage: node scripts/capture-fixtures.mjs STORE RUN|latest [GROUP…]");
  process.exit(2);
}
const opened = await openSqliteStore(storeFile);
if (!opened.ok) {
  console.error(opened.problems.map((problem) => `${problem.code}: ${problem.what}`).join("\n"));
  process.exit(2);
}
const store = opened.value;
try {
  const runs = await store.runs();
  const run = wantedRun === "latest" ? runs.at(-1) : runs.find(({ id }) => id === wantedRun);
  if (run === undefined) throw new Error(`the store has no run ${wantedRun}`);
  const group = ({ name }) => name.split("/")[0];
  const isWanted = (file) => groups.length === 0 || groups.includes(group(file));
  const files = [
    ...(await sysbenchFiles(run.id)),
    ...(await factsFiles(run.id)),
    ...(await snapshotFiles(run)),
  ].filter(isWanted);
  for (const file of files) {
    const path = join(folder, file.name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.text);
  }
  const { program, origin: from } = run.provenance;
  const origin = {
    run: run.id,
    hardware: run.hardware,
    image: imageOf(from)?.id,
    dvirt: program.dvirt,
  };
  const path = join(folder, "provenance.json");
  const kept = JSON.parse(await readFile(path, "utf8")).files.filter((file) => !isWanted(file));
  const provenance = {
    madeBy: "scripts/capture-fixtures.mjs",
    files: [...kept, ...files.map(({ text, ...rest }) => ({ ...rest, ...origin }))].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  };
  await writeFile(path, `${JSON.stringify(provenance, null, 2)}\n`);
  console.log(`${files.length} files of run ${run.id}`);
} finally {
  await store.close();
}

/** What sysbench printed in the first trial on the way up, for each workload and level. */
async function sysbenchFiles(run) {
  const observations = await observationsOf(run);
  const firsts = observations.filter(
    ({ trial }, index) =>
      trial.direction === "up" &&
      observations.findIndex(
        ({ trial: other }) =>
          other.direction === "up" && other.workload === trial.workload && other.level === trial.level,
      ) === index,
  );
  const architectures = await architecturesByLevel(run);
  return firsts.map(({ trial, argv, completed, startedAt }) => ({
    name: `sysbench/${trial.workload}-L${trial.level}.txt`,
    trial: trial.id,
    argv,
    version: completed.stdout.split("\n").find((line) => line.startsWith("sysbench ")),
    architecture: architectures.get(trial.level),
    date: startedAt,
    text: completed.stdout,
  }));
}

/** The facts of the first machine that came up at each level. */
async function factsFiles(run) {
  const architectures = await architecturesByLevel(run);
  return firstMachines(await store.machines(run)).map(({ level, launchedAt, facts }) => ({
    name: `facts/L${level}.txt`,
    argv: ["sh", "-c", "FACTS_SCRIPT of src/core/machine/facts.ts"],
    version: `kernel ${section(facts, "kernel")}`,
    architecture: architectures.get(level),
    date: launchedAt,
    // What follows is of other scripts: how the machine is confined and pinned.
    text: facts.split(/^== (?:confinement|pinning)$/m)[0],
  }));
}

/** Every level's evidence around one execution of the cpu workload at L2. */
async function snapshotFiles({ id: run, timing }) {
  const folder = timing === "counted" ? "snapshot-counted" : "snapshot";
  const observation = (await observationsOf(run)).find(
    ({ trial }) => trial.level === 2 && trial.workload === "cpu",
  );
  if (observation === undefined) throw new Error("the run has no trial of cpu at L2");
  const machines = firstMachines(await store.machines(run));
  const architectures = await architecturesByLevel(run);
  return observation.evidence.flatMap(({ level, before, after }) =>
    [
      ["before", before],
      ["after", after],
    ].map(([when, text]) => ({
      name: `${folder}/L2-trial-L${level}-${when}.txt`,
      trial: observation.trial.id,
      argv: ["sh", "-c", "SNAPSHOT_SCRIPT of src/core/machine/snapshot.ts"],
      version: `kernel ${section(machines.find((machine) => machine.level === level)?.facts ?? "", "kernel")}`,
      architecture: architectures.get(level),
      date: observation.startedAt,
      text,
    })),
  );
}

/** All that the run left, trial by trial. */
async function observationsOf(run) {
  const trials = new Set((await store.attempts(run)).map(({ trial }) => trial));
  const kept = [];
  for (const trial of trials) kept.push(...(await store.trial(run, trial)));
  return kept.map(({ observation }) => observation);
}

async function architecturesByLevel(run) {
  const machines = firstMachines(await store.machines(run));
  return new Map(machines.map(({ level, facts }) => [level, section(facts, "architecture")]));
}

function firstMachines(machines) {
  return machines.filter(
    (machine, index) => machines.findIndex((other) => other.level === machine.level) === index,
  );
}

function section(text, name) {
  return new RegExp(`^== ${name}\n(.*)$`, "m").exec(text)?.[1];
}
