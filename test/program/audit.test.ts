import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fitzgerald2014 } from "../../src/references/fitzgerald-2014/index.ts";
import { placeForTest } from "../lab/place.ts";
import { dvirt, HOME } from "./built-program.ts";

const TABLES = fitzgerald2014.results?.csv ?? "";
const [HEAD = ""] = TABLES.split("\n");

/** A table in which everything follows from everything. */
const SOUND = [
  HEAD,
  "1,cpu,reserved,p,L0,1000.5,,2.50,0.25%,4.0000,,0.010,0.25%",
  "1,cpu,reserved,p,L1,500.25,-50.0%,5.00,1.0%,8.0000,+100%,0.080,1.0%",
  "",
].join("\n");

describe("dvirt audit", () => {
  test("prints the audit of the 2014 study, and exits 1 because not all of it holds", async () => {
    const place = await placeForTest();
    const golden = await readFile(join(HOME, "test", "golden", "audit", "fitzgerald-2014.txt"), "utf8");
    for (const argv of [["audit"], ["audit", "fitzgerald-2014"]]) {
      const { code, stdout, stderr } = await dvirt(place, argv);
      expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
      expect(stdout).toBe(golden);
    }
    expect(await place.files(), "an audit writes nothing").toEqual([]);
  });

  test("exits 0 for a file in which all holds", async () => {
    const place = await placeForTest();
    await place.write("sound.csv", SOUND);
    const { code, stdout, stderr } = await dvirt(place, "audit sound.csv");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("6 derived figures were checked against the printed digits: all hold.");
  });

  test("knows nothing of the 2014 tables in a file, and finds the same figures in them", async () => {
    const place = await placeForTest();
    await place.write("tables.csv", TABLES);
    const { code, stdout } = await dvirt(place, "audit tables.csv");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "200 derived figures were checked against the printed digits: 7 derived figures do not hold.",
    );
    expect(stdout).toMatch(/^table 10, memory-write, S390x L0, throughput StdErr % +32 +0\.235% /m);
  });

  test("--json is all of it for programs, with the same exit code", async () => {
    const place = await placeForTest();
    const { code, stdout, stderr } = await dvirt(place, "audit --json");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const document: { holds: boolean; derived: unknown[]; claims: unknown[] } = JSON.parse(stdout);
    expect(document.holds).toBe(false);
    expect(document.derived).toHaveLength(200);
    expect(document.claims).toHaveLength(fitzgerald2014.results?.claims.length ?? 0);
  });

  test("names what it knows where it is given a name that it does not", async () => {
    const place = await placeForTest();
    expect(await dvirt(place, "audit nonesuch")).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "error[no-reference] nonesuch: there is no such reference, and no file of that name that can be read\n" +
        "  try: one of fitzgerald-2014, or the path of a CSV file laid out as docs/audit.md says\n",
    });
    expect((await dvirt(place, "audit .")).code, "a folder").toBe(2);
  });

  test("names line and column of what it cannot read", async () => {
    const place = await placeForTest();
    await place.write("bad.csv", SOUND.replace("500.25", "5oo.25"));
    expect(await dvirt(place, "audit bad.csv")).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        'error[bad-value] bad.csv:3: column throughput_per_s holds "5oo.25": not a printed number\n' +
        "  try: write the digits as they are printed, such as 1068.5 or -2.54%, or nothing for --\n",
    });
  });

  test("lets no text of a file move the cursor", async () => {
    const place = await placeForTest();
    await place.write("hostile.csv", SOUND.replaceAll(",p,", ',"\u001b[2J\u001b[31mp\u202e",'));
    const { code, stdout, stderr } = await dvirt(place, "audit hostile.csv");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(stderr).toContain("control characters are no name");
  });
});
