// What a command costs before it does anything; a part of `npm run bench`, or alone: node scripts/bench-startup.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const COUNT = 7;

/** Prints the CPU seconds of `--help` and `list`, and those of Node.js alone: the median of some starts. */
export function benchStartup() {
  const folder = mkdtempSync(join(tmpdir(), "dvirt-bench-"));
  try {
    const commands = {
      "node alone": ["-e", "0"],
      "dvirt --help": [MAIN, "--help"],
      "dvirt list": [MAIN, "list", "--store", join(folder, "store.sqlite")],
    };
    const parts = Object.entries(commands).map(([name, argv]) => `${name} ${cpuSeconds(argv).toFixed(2)} s`);
    console.log(`CPU to start: ${parts.join(", ")} (medians of ${COUNT})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** User and system time of a child, as the shell's `times` has them in its second line. */
function cpuSeconds(argv) {
  const seconds = Array.from({ length: COUNT }, () => {
    const script = '"$@" >/dev/null 2>&1; times';
    const { stdout } = spawnSync("sh", ["-c", script, "sh", process.execPath, ...argv], { encoding: "utf8" });
    const children = stdout.trim().split("\n")[1] ?? "";
    return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * m + Number(s), 0);
  });
  return seconds.sort((a, b) => a - b)[(COUNT - 1) / 2];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) benchStartup();
