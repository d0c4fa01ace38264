import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fixture, fixturePaths } from "./fixture.ts";

const file = z.strictObject({
  name: z.string(),
  trial: z.string().optional(),
  argv: z.array(z.string()).min(1),
  version: z.string().min(1),
  architecture: z.string().min(1),
  date: z.iso.datetime(),
});

const provenance = z
  .strictObject({
    madeBy: z.literal("scripts/capture-fixtures.mjs"),
    files: z.array(
      file.extend({
        run: z.string().min(1),
        hardware: z.enum(["real", "emulated"]),
        image: z.string().min(1),
        dvirt: z.string().min(1),
      }),
    ),
  })
  .parse(JSON.parse(fixture("provenance.json")));

const doctorProvenance = z
  .strictObject({ madeBy: z.literal("scripts/capture-doctor-fixture.mjs"), files: z.array(file) })
  .parse(JSON.parse(fixture("doctor/provenance.json")));

/** Texts of machines that could not be run when they were written. */
const sysinfoProvenance = z
  .strictObject({
    written: z.string().min(1),
    files: z.array(z.strictObject({ name: z.string(), is: z.string().min(1) })),
  })
  .parse(JSON.parse(fixture("sysinfo/provenance.json")));

const toolsProvenance = z
  .strictObject({
    captured: z.string().min(1),
    files: z.array(z.strictObject({ name: z.string(), tool: z.string().min(1), argv: z.string().min(1) })),
  })
  .parse(JSON.parse(fixture("tools/provenance.json")));

describe("the fixtures", () => {
  test("are all listed with their origin, and no listed file is missing", () => {
    const listed = [provenance, doctorProvenance, sysinfoProvenance, toolsProvenance]
      .flatMap(({ files }): readonly { readonly name: string }[] => files)
      .map((file) => file.name)
      .sort();
    // The oracles' files tell their origin themselves, and their test reads it. The cases were written after public
    // reports, with names, hosts and addresses replaced; none is a copy.
    const captured = fixturePaths().filter(
      (path) => !path.endsWith("provenance.json") && !/^(oracles|cases)\//.test(path),
    );
    expect(captured).toEqual(listed);
  });

  test("hold sysbench output of the version that they state", () => {
    const files = provenance.files.filter((file) => file.name.startsWith("sysbench/"));
    expect(files).toHaveLength(15);
    for (const file of files) expect(fixture(file.name)).toContain(`${file.version}\n`);
  });

  test("hold no key of the session that they were captured in", () => {
    for (const path of fixturePaths())
      expect(fixture(path)).not.toMatch(/dvirt\.key=|ssh-ed25519|PRIVATE KEY/);
  });
});
