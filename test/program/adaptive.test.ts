import { expect, test } from "vitest";
import { placeForTest, placeWithStudy } from "../lab/place.ts";
import { studyText } from "../lab/simulated-study.ts";
import { dvirt, startDvirt, succeed } from "./built-program.ts";

const ADAPTIVE_TEXT = studyText({ levels: 1 }).replace(
  /repetitions:\n.*\n.*\n/,
  "repetitions: { until: { ratioHalfWidth: 0.9% }, boots: { minimum: 6, maximum: 40 }, runs: { maximum: 1 } }\n",
);

test("runs a study until its width is reached, through a kill, and lists it as complete", async () => {
  const place = await placeWithStudy(ADAPTIVE_TEXT);
  const first = startDvirt(place, "run sim.yaml", {
    DVIRT_SIMULATED_SECONDS: "0.002",
  });
  await first.lines(/^ {2}(up|down) +L\d/, 20);
  first.kill("SIGKILL");
  await first.ended;
  const second = await succeed(place, "resume --full");
  expect(second.stderr).toMatch(/at least/);
  expect(second.stdout).not.toMatch(/not measured yet/);
  const listed = await dvirt(place, "list");
  const [, done, planned] = /(\d+)\/(\d+)/.exec(listed.stdout) ?? [];
  expect(done).toBeDefined();
  expect(done).toBe(planned);
});

test("plans what is certain, and says what it can come to", async () => {
  const place = await placeWithStudy(ADAPTIVE_TEXT.replace("platform: simulated", "platform: x86_64-kvm"));
  const { code, stdout } = await dvirt(place, "plan sim.yaml --budget 2h");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^until every headline ratio is known to 0\.9%: 6 to 40 boots, 48 to 320 trials, seed 1/m,
  );
  expect(stdout).toMatch(
    /^at least \d+ min \d\d s and at most \d+ (h|min) \d\d (min|s)( \(\d+ boots side by side in the pilot\))? once the image/m,
  );
  expect(stdout).toMatch(/^Boot 6$/m);
  expect(stdout).not.toMatch(/^Boot 7$/m);
});

test("makes any study end on width, or after a fixed number of boots, by its options", async () => {
  const place = await placeForTest();
  await place.write("fixed.yaml", studyText());
  await place.write("until.yaml", ADAPTIVE_TEXT);
  const plan = async (...argv: readonly string[]) => (await dvirt(place, ["plan", ...argv])).stdout;
  expect(await plan("fixed.yaml", "--until", "5%")).toMatch(/known to 5%: 6 to 40 boots, /m);
  expect(await plan("until.yaml", "--boots", "2")).toMatch(/^2 boots × 8 trials = 16 trials/m);
  expect(await plan("until.yaml", "--runs", "2")).toMatch(/^6 boots × 16 trials = 96 trials/m);
});

test.each([
  [
    ["--budget", "1h"],
    "error[bad-option] --budget: study sim has a fixed number of boots, which no budget ends",
  ],
  [
    ["--until", "0%"],
    "error: option '--until <width>' argument '0%' is invalid. It must be a percentage from 0.1% to 99%, such as 5%.",
  ],
  [
    ["--budget", "soon"],
    "error: option '--budget <time>' argument 'soon' is invalid. It must be a time such as 90s, 45min or 2h.",
  ],
])("refuses %s", async (options, message) => {
  const place = await placeWithStudy(studyText());
  const { code, stderr } = await dvirt(place, ["plan", "sim.yaml", ...options]);
  expect(code).toBe(2);
  expect(stderr.split("\n")[0]).toBe(message);
});
