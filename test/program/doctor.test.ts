import { accessSync, constants } from "node:fs";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { exists } from "../../src/adapters/files.ts";
import { lockLab } from "../../src/adapters/lab-lock.ts";
import { GROUPS } from "../../src/core/doctor/finding.ts";
import { guestRecipe } from "../../src/images/recipe.ts";
import { LAB_LOCK } from "../../src/platforms/platform.ts";
import { type Place, placeForTest } from "../lab/place.ts";
import { DVIRT, dvirt, type Ended, startProgram } from "./built-program.ts";

const diagnosis = z.strictObject({
  format: z.literal("dvirt-doctor/1"),
  dvirt: z.string().regex(/^\d+\.\d+\.\d+/),
  hardware: z.enum(["real", "emulated", "none"]),
  conclusion: z.string().min(1),
  findings: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
        group: z.enum(Object.keys(GROUPS)),
        level: z.enum(["fine", "notice", "hindrance", "fatal"]),
        what: z.string().min(1),
        evidence: z.string().min(1),
        remedy: z.string().min(1).optional(),
      }),
    )
    .min(1),
});

function parsed(ended: Ended) {
  expect(ended.stderr).toBe("");
  return diagnosis.parse(JSON.parse(ended.stdout));
}

/** What the exit code must be by what was found. */
function codeFor({ findings }: z.infer<typeof diagnosis>): number {
  const has = (level: string) => findings.some((one) => one.level === level);
  return has("fatal") ? 69 : has("hindrance") ? 1 : 0;
}

/** A folder in the place whose programs come before the machine's own. */
async function withPrograms(place: Place, programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(place.folder, "bin");
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

const PATH = process.env["PATH"] ?? "";

/** A complete image in the place's cache, as far as names go. */
async function withImage(place: Place): Promise<void> {
  const folder = join(place.cache, "dvirt", "images", (await guestRecipe()).hash);
  await mkdir(folder, { recursive: true });
  for (const name of ["root.img", "vmlinux", "vmlinuz", "initrd", "packages", "image-id"])
    await writeFile(join(folder, name), "");
  const manifest = { recipe: "r", imageId: "made-up-image", rootDiskSha256: "", packages: [] };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}

/** A QEMU that says a version, and leaves a mark where it is to boot something. */
function quickQemu(place: Place): string {
  return `case "$*" in *--version*) echo "QEMU emulator version 7.2.0" ;; *) : >"${join(place.folder, "booted")}"; echo dvirt-probe-ok ;; esac`;
}

/** While this runs no other dvirt measures here, whether we hold the lab or somebody else does. */
async function whileLabIsHeld<T>(body: () => Promise<T>): Promise<T> {
  const lock = await lockLab(LAB_LOCK, { pid: process.pid, what: "a test of doctor", since: "now" });
  try {
    return await body();
  } finally {
    if (lock.ok) await lock.value.release();
  }
}

describe("dvirt doctor", () => {
  test("--json is the whole diagnosis in the format it names, and the exit code follows from it", async () => {
    const ended = await dvirt(await placeForTest(), "doctor --json");
    const said = parsed(ended);
    expect(ended.code).toBe(codeFor(said));
    expect(said.hardware === "none").toBe(ended.code === 69);
    expect(new Set(said.findings.map(({ id }) => id)).size).toBe(said.findings.length);
    for (const { level, remedy, id } of said.findings)
      expect(remedy === undefined, id).toBe(level === "fine");
  });

  test("prints the same findings group by group, and the conclusion at the end", async () => {
    const place = await placeForTest();
    const said = parsed(await dvirt(place, "doctor --json"));
    const { code, stdout, stderr } = await dvirt(place, "doctor");
    expect({ code, stderr }).toEqual({ code: codeFor(said), stderr: "" });
    const lines = stdout.split("\n");
    const titles = Object.entries(GROUPS)
      .filter(([group]) => said.findings.some((one) => one.group === group))
      .map(([, title]) => title);
    expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual(titles);
    for (const { level, what, remedy } of said.findings) {
      // Available memory and free disk differ between the two; the beginning of a sentence does not.
      expect(stdout).toContain(`  ${level.padEnd(9)}  ${what.slice(0, 24)}`);
      if (remedy !== undefined) expect(lines).toContain(`             try: ${remedy}`);
    }
    expect(lines.at(-3)).toBe(said.conclusion);
    expect(lines.at(-2)).toMatch(/^(\d+ (fatal|hindrance|notice|fine)(, |$))+$/);
  });

  test("changes nothing: no file, no folder, no package, no question", async () => {
    const place = await placeForTest();
    const touched = join(place.folder, "touched");
    const installer = `: >"${touched}"; exit 1`;
    const names = ["apt-get", "sudo", "mmdebstrap", "mke2fs", "modprobe"];
    // modprobe may be asked what it knows, with -n, which loads nothing.
    const programs = Object.fromEntries(
      names.map((name) => [
        name,
        name === "modprobe" ? `case "$1" in -n) exit 0 ;; esac; ${installer}` : installer,
      ]),
    );
    const bin = await withPrograms(place, programs);
    const before = await readdir(place.folder);
    const ended = await dvirt(place, "doctor", { PATH: `${bin}${delimiter}${PATH}` });
    expect([0, 1, 69]).toContain(ended.code);
    expect(await exists(touched)).toBe(false);
    expect((await readdir(place.folder)).sort()).toEqual([...before, "tmp"].sort()); // tmp is the test's own
    expect(await readdir(join(place.folder, "tmp"))).toEqual([]);
  });

  test("says which packages a run would install where QEMU is missing, and installs none", async () => {
    const place = await placeForTest();
    const touched = join(place.folder, "touched");
    const bin = await withPrograms(place, { "apt-get": `: >"${touched}"`, sudo: `: >"${touched}"` });
    for (const name of ["sh", "setpriv", "uname", "sed", "grep", "ls", "id", "head", "tr", "nproc", "env"]) {
      for (const folder of PATH.split(delimiter)) {
        if (await exists(join(folder, name))) {
          await symlink(join(folder, name), join(bin, name));
          break;
        }
      }
    }
    const ended = await dvirt(place, "doctor --json", { PATH: bin });
    const packages = parsed(ended).findings.find(({ id }) => id === "packages");
    expect(packages).toMatchObject({ level: "notice", what: expect.stringContaining("qemu-system-x86") });
    expect(await exists(touched)).toBe(false);
  });

  test("takes no lock: it answers beside a run, and boots no guest that the run would be measured with", async () => {
    const place = await placeForTest();
    await withImage(place);
    const bin = await withPrograms(place, { "qemu-system-x86_64": quickQemu(place) });
    const ended = await whileLabIsHeld(() =>
      dvirt(place, "doctor --json", { PATH: `${bin}${delimiter}${PATH}` }),
    );
    const said = parsed(ended);
    expect(await exists(join(place.folder, "booted"))).toBe(false);
    expect(said.findings.find(({ id }) => id === "image")?.evidence).toContain("made-up-image");
    if (hasKvm()) expect(said.findings.find(({ id }) => id === "kvm")?.what).toMatch(/holds the lab$/);
    expect(ended.code).toBe(codeFor(said));
  });

  test("calls KVM fine only when a tiny guest has booted, which it tries unless the lab is held", async () => {
    const place = await placeForTest();
    await withImage(place);
    const bin = await withPrograms(place, { "qemu-system-x86_64": quickQemu(place) });
    const said = parsed(await dvirt(place, "doctor --json", { PATH: `${bin}${delimiter}${PATH}` }));
    const kvm = said.findings.find(({ id }) => id === "kvm");
    // Somebody may be measuring on this machine now.
    const held = kvm?.what.endsWith("holds the lab") === true;
    expect(await exists(join(place.folder, "booted"))).toBe(hasKvm() && !held);
    expect(kvm?.level).toBe(held ? "notice" : hasKvm() ? "fine" : "hindrance");
  });

  test.each(["s390x", "aarch64"])("exits 69 on %s and says why", async (architecture) => {
    const place = await placeForTest();
    const bin = await withPrograms(place, {
      uname: `case "$1" in -m) echo ${architecture} ;; -s) echo Linux ;; *) echo 6.1.0 ;; esac`,
    });
    const environment = { PATH: `${bin}${delimiter}${PATH}` };
    const why = `no stack can run here: dvirt has no platform for ${architecture}: x86_64-kvm is the only one on the own processors of a machine`;
    const json = await dvirt(place, "doctor --json", environment);
    expect(json.code).toBe(69);
    expect(parsed(json)).toMatchObject({ hardware: "none", conclusion: why, findings: [{ level: "fatal" }] });
    const text = await dvirt(place, "doctor", environment);
    expect(text.code).toBe(69);
    expect(text.stdout.split("\n").slice(-3, -1)).toEqual([why, "1 fatal"]);
  });

  test("needs no HOME and no XDG folder", async () => {
    const place = await placeForTest();
    const unset = ["HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"].flatMap((name) => ["-u", name]);
    const ended = await whileLabIsHeld(
      () => startProgram(place, ["env", ...unset, ...DVIRT, "doctor", "--json"]).ended,
    );
    expect(ended.code).toBe(codeFor(parsed(ended)));
  });

  test("names a cache folder that cannot be", async () => {
    const place = await placeForTest();
    const file = await place.write("file", "not a folder");
    const ended = await dvirt(place, "doctor --json", { XDG_CACHE_HOME: file });
    const disk = parsed(ended).findings.find(({ id }) => id === "disk");
    expect(ended.code).toBe(69);
    expect(disk).toMatchObject({ level: "fatal", remedy: expect.stringContaining("XDG_CACHE_HOME") });
    expect(await readFile(file, "utf8")).toBe("not a folder");
  });
});

function hasKvm(): boolean {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
