import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { type Place, placeForTest } from "../lab/place.ts";
import { CPU, studyText } from "../lab/simulated-study.ts";
import { dvirt, HOME, startProgram, succeed, succeedQuietly } from "./built-program.ts";

/** What bash offers for the last word of a command line, with `dvirt` on its path. */
async function offered(place: Place, ...words: readonly string[]): Promise<readonly string[]> {
  await place.write("completion.bash", (await succeedQuietly(place, "completion bash")).stdout);
  const script =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash that fills it in
    'set -u; PATH=$PWD/bin:$PATH; . ./completion.bash; COMP_WORDS=(dvirt "$@"); COMP_CWORD=$#; _dvirt; printf "%s\\n" "${COMPREPLY[@]}"';
  const ended = await startProgram(place, ["bash", "-c", script, "bash", ...words]).ended;
  expect(ended.stderr).toBe("");
  return ended.stdout.split("\n").filter((word) => word !== "");
}

/** `dvirt` as the README installs it: a link from a folder of the path. */
async function placeWithDvirt(): Promise<Place> {
  const place = await placeForTest();
  await mkdir(join(place.folder, "bin"));
  await symlink(join(HOME, "dvirt"), join(place.folder, "bin", "dvirt"));
  return place;
}

test("bash completes commands, options, choices, studies and the names of runs", async () => {
  const place = await placeWithDvirt();
  await place.write("sim.yaml", studyText({ boots: 1, levels: 0, workloads: [CPU] }));
  expect(await offered(place, "re")).toEqual(["resume", "report"]);
  expect(await offered(place, "run", "--h")).toEqual(["--hardware"]);
  expect(await offered(place, "run", "--hardware", "")).toEqual(["auto", "real", "emulated"]);
  expect(await offered(place, "run", "quick-")).toEqual(
    expect.arrayContaining(["quick-wall", "quick-s390x", "quick-aarch64"]),
  );
  expect(await offered(place, "completion", "")).toEqual(["bash", "zsh", "fish"]);
  await succeed(place, "run sim.yaml --seed 3");
  const names = (await succeedQuietly(place, "list --names")).stdout.trim().split("\n");
  expect(names).toHaveLength(1);
  expect(await offered(place, "show", "20")).toEqual(names);
});

test.each(["zsh", "fish"])("%s has every command and every option of run in its script", async (shell) => {
  const place = await placeForTest();
  const script = (await succeedQuietly(place, `completion ${shell}`)).stdout;
  const help = (await succeedQuietly(place, "run --help")).stdout;
  const options = [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(([, name = ""]) => name);
  expect(options).toContain("until");
  for (const { name } of commands) expect(script).toContain(name);
  for (const option of options.filter((name) => name !== "help")) expect(script).toContain(option);
});

test("a shell that there is no script for is refused with those that there are", async () => {
  const ended = await dvirt(await placeForTest(), "completion tcsh");
  expect(ended).toMatchObject({
    code: 2,
    stdout: "",
    stderr:
      'error[bad-option] completion: there is no completion for "tcsh"\n  try: one of: bash, zsh, fish\n',
  });
});

test("the man page has every command with its operands, options, examples and exit codes", async () => {
  const place = await placeForTest();
  const page = (await succeedQuietly(place, "man")).stdout;
  expect(page).toMatch(/^\.TH DVIRT 1 /);
  for (const { name, examples, about } of commands) {
    expect(page).toMatch(new RegExp(`^\\.SS dvirt ${name}\\b`, "m"));
    const plain = page.replaceAll("\\-", "-").replaceAll("\\e", "\\");
    expect(plain).toContain(`\n${about}.\n`);
    for (const [line] of examples) expect(plain).toContain(`\n.B ${line}\n`);
  }
  expect(page).toContain(".B \\-\\-until <width>");
  // What groff would take for a request is one that man(7) has.
  const requests = [...page.matchAll(/^[.'](\S+)/gm)].map(([, request]) => request);
  expect([...new Set(requests)].sort()).toEqual(["B", "I", "PP", "SH", "SS", "TH", "TP"]);
});

test("a link on the path is an installation, and messages name the command as it was called", async () => {
  const place = await placeWithDvirt();
  const called = async (command: string) => {
    const ended = await startProgram(place, ["bash", "-c", `PATH=$PWD/bin:$PATH; ${command}`]).ended;
    expect(ended.code, ended.stderr).toBe(2);
    return ended.stderr;
  };
  expect(await called("dvirt resume")).toContain("\n  try: dvirt run\n");
  expect(await called("bin/dvirt resume")).toContain("\n  try: bin/dvirt run\n");
});
