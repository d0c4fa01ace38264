// Writes what dvirt doctor's script prints on this machine: node scripts/capture-doctor-fixture.mjs NAME, after a build.
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { arch, release } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DOCTOR_SCRIPT } from "../dist/core/doctor/probe.js";

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9-]+$/.test(name)) {
  console.error("usage: node scripts/capture-doctor-fixture.mjs NAME");
  process.exit(2);
}
const folder = fileURLToPath(new URL("../test/fixtures/doctor", import.meta.url));
const text = execFileSync("sh", ["-c", DOCTOR_SCRIPT], { encoding: "utf8" });
const listed = await readFile(join(folder, "provenance.json"), "utf8").then(
  (json) => JSON.parse(json).files,
  () => [],
);
const entry = {
  name: `doctor/${name}.txt`,
  argv: ["sh", "-c", "DOCTOR_SCRIPT of src/core/doctor/probe.ts"],
  version: `kernel ${release()}`,
  architecture: /^architecture=(.*)$/m.exec(text)?.[1] ?? arch(),
  date: new Date().toISOString(),
};
const files = [...listed.filter((file) => file.name !== entry.name), entry];
await mkdir(folder, { recursive: true });
await writeFile(join(folder, `${name}.txt`), text);
await writeFile(
  join(folder, "provenance.json"),
  `${JSON.stringify({ madeBy: "scripts/capture-doctor-fixture.mjs", files }, null, 2)}\n`,
);
console.log(entry.name);
