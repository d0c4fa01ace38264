import { describe, expect, test } from "vitest";
import { clientSettings, sessionRefused, sshProblem } from "../../src/adapters/machine/openssh-problem.ts";
import { withoutAddresses } from "../../src/core/base/addresses.ts";
import { randomStream } from "../../src/core/base/random.ts";
import { parseBytes } from "../../src/core/base/units.ts";
import { readProbe } from "../../src/core/doctor/probe.ts";
import { observedOf } from "../../src/core/machine/declared.ts";
import { FACT_NAMES, factText, parseFacts } from "../../src/core/machine/facts.ts";
import { kvmWork } from "../../src/core/machine/kvm-work.ts";
import { readHostSnapshot, readSnapshot } from "../../src/core/machine/snapshot.ts";
import { readSysinfo } from "../../src/core/machine/sysinfo.ts";
import { parseTopology } from "../../src/core/machine/topology.ts";
import { readPublishedRows } from "../../src/core/published/published-rows.ts";
import { parseExpression } from "../../src/core/study/expression.ts";
import { parseStudies } from "../../src/core/study/study.ts";
import { guardResults } from "../../src/core/trial/guards/index.ts";
import { judge } from "../../src/core/trial/observation.ts";
import { platforms } from "../../src/platforms/index.ts";
import { workloads } from "../../src/workloads/index.ts";
import { fixture, fixturePaths } from "./fixture.ts";
import { completed, madeUpObservation } from "./made-up/observation.ts";

const READING = {
  metrics: { throughput: 5, response: 0.2 },
  more: { threads: 1, elapsedSeconds: 2, events: 10 },
};

/** Everything that reads text of a machine, of another program or of a file. None may throw. */
const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(workloads.map(({ name, parse }) => [name, (text: string) => parse(text, text)])),
  facts: (text) => {
    const facts = parseFacts(text);
    return FACT_NAMES.map((name) => factText(name, facts));
  },
  snapshot: readSnapshot,
  "host snapshot": readHostSnapshot,
  "KVM's counters": (text) => kvmWork([{ level: 0, before: text, after: `${text}\nexits:9` }], 1),
  declared: observedOf,
  sysinfo: readSysinfo,
  topology: parseTopology,
  addresses: withoutAddresses,
  doctor: readProbe,
  "ssh's settings": clientSettings,
  "ssh's messages": (text) => [sessionRefused(text), sshProblem("L0", "there", text)],
  // The YAML library's time grows faster than the text; longer studies are refused.
  study: (text) => parseStudies(text.slice(0, 8000), "study.yaml", { workloads, platforms }),
  expression: parseExpression,
  size: parseBytes,
  CSV: (text) => readPublishedRows(text, "table.csv"),
  guards: (text) =>
    guardResults({
      hardware: "emulated",
      timing: "wall",
      imageId: undefined,
      declared: undefined,
      machines: [{ level: 0, facts: text, snapshot: { text, fromSeconds: 0, toSeconds: 1 } }],
      reading: READING,
      observation: madeUpObservation({
        evidence: [
          {
            level: 0,
            before: "",
            after: text,
            times: { before: { fromSeconds: 1, toSeconds: 2 }, after: { fromSeconds: 4, toSeconds: 5 } },
          },
        ],
        host: {
          start: { text, fromSeconds: 0, toSeconds: 1 },
          before: { text, fromSeconds: 1, toSeconds: 2 },
          after: { text, fromSeconds: 4, toSeconds: 5 },
        },
      }),
    }),
};

const NAMES = Object.keys(PARSERS);

/** Pieces that patterns stumble over when they come in hundreds of thousands. */
const REPEATED = [
  "\n",
  " ",
  "\t",
  "\r\n",
  " \n",
  "a",
  "0",
  "0:",
  ":",
  ": ",
  '"',
  "a,",
  "[",
  "- ",
  "= ",
  "a: ",
  "== x\n",
  "== kernel-log\n",
  ":IN=",
  " IN= OUT",
  "1.",
  "a:b ",
  "(",
  "2 + ",
  "total time: ",
  "    total time:                          1.0s\n",
  "[ 1s ] thds: 1 tps: 1.0 qps\n",
  "batch 1 2 3 4\n",
  "events per batch 10\ncounter tsc\nbatch 1 2 3 4\n",
  "{",
  "&a ",
  "*a ",
  "ssh: ",
  "VM00 Name: ",
  "0-1,",
  "cpu 1 2 3 4 5 6 7 8\n",
  "pf_taken:5\n",
];

describe.each(NAMES)("%s", (name) => {
  const parse = PARSERS[name] ?? (() => {});

  // What takes a time that grows with the square of the length does not come to an end here.
  test("reads 100,000 characters of anything, in a time that grows with its length", () => {
    for (const piece of REPEATED) {
      const many = piece.repeat(Math.ceil(100_000 / piece.length));
      for (const text of [many, `== kernel-log\n[    1.0] x\n${many}x\n`]) {
        expect(() => parse(text), JSON.stringify(piece)).not.toThrow();
      }
    }
  });
});

describe("100,000 texts that were captured and then spoiled", () => {
  const captured = fixturePaths()
    .filter((path) => !path.endsWith(".json"))
    .map((path) => fixture(path).slice(0, 6000));
  const tokens = [
    "\0",
    "\n",
    " ",
    "-1",
    "9".repeat(400),
    "NaN",
    "1e999",
    "\ud800",
    "\udcff",
    ":",
    "==",
    "5x",
    "'",
    '"',
    "{",
    "[",
    "&a",
    "*a",
    "\u2028",
    ".",
    "0",
    "Infinity",
    "__proto__",
    "constructor: 1",
  ];
  const COUNT = Number(process.env["DVIRT_FUZZ"] ?? 100_000);

  test(`no parser throws (${COUNT})`, () => {
    const random = randomStream(15);
    const below = (count: number) => Math.floor(random() * count);
    const pick = <T>(all: readonly T[]): T | undefined => all[below(all.length)];
    let read = 0;
    for (; read < COUNT; read++) {
      const name = NAMES[read % NAMES.length] ?? "";
      const whole = pick(captured) ?? "";
      const from = below(whole.length);
      let text = whole.slice(from, from + below(1500));
      for (let spoils = 1 + below(4); spoils > 0; spoils--) {
        const at = below(text.length + 1);
        text = `${text.slice(0, at)}${pick(tokens)}${text.slice(at + below(12))}`;
      }
      try {
        PARSERS[name]?.(text);
      } catch (error) {
        throw new Error(`${name} threw at ${JSON.stringify(text)}`, { cause: error });
      }
    }
    expect(read).toBe(COUNT);
  });
});

test("a parser that throws all the same makes a failed trial, and no exception", () => {
  const parse = () => {
    throw new RangeError("a bug");
  };
  expect(judge(madeUpObservation({ completed: completed() }), parse, () => [])).toMatchObject({
    kind: "failed",
  });
});
