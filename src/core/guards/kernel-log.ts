import { doubt, fine, type Guard, levelsAround, type Outcome, overLevels, unknown } from "./guard.ts";

/** What a kernel says in ordinary trials, with its severity and time taken off. */
const ORDINARY: readonly RegExp[] = [
  // The database's scratch disk, before and after a trial.
  /^EXT4-fs \(\w+\): (mounted filesystem|unmounting filesystem)/,
  // A guest's kernel tries the registers of a processor that it does not have, as it boots.
  /^kvm( \[\d+\])?: vcpu\d+, guest rIP: 0x[0-9a-f]+ (Unhandled|disabled|ignored|unhandled) (WRMSR|RDMSR|wrmsr|rdmsr)/,
];

/** How dmesg calls the severities below a warning. */
const HARMLESS: readonly string[] = ["notice", "info", "debug"];

/** `kern  :warn  : [   12.345678] what it says`; older runs have the line without facility and severity. */
const LINE = /^(?:\w+\s*:(?<severity>\w+)\s*:\s*)?(?:\[[^\]]*\]\s*)?(?<words>.*)$/;

/** Lines that are shown of many. */
const SHOWN = 3;

/** New lines in any level's kernel log: what a kernel warns of may have cost time. Notices of lower rank pass. */
export const kernelLog: Guard = {
  name: "kernel-log",
  check(input) {
    const each = levelsAround(input).map(({ level, before, after }): Outcome => {
      if (before.kernelLog === undefined || after.kernelLog === undefined) {
        return unknown(`L${level}: the kernel log cannot be read`);
      }
      const added = newLines(before.kernelLog, after.kernelLog);
      if (added === undefined) {
        return doubt(
          `L${level}: the kernel said more than the ${after.kernelLog.length} lines that were kept`,
        );
      }
      const bad = added.filter(isBad).map(wordsOf);
      if (bad.length === 0) return fine("");
      const more = bad.length > SHOWN ? ` and ${bad.length - SHOWN} more` : "";
      return doubt(
        `L${level}: the kernel said ${bad
          .slice(0, SHOWN)
          .map((line) => JSON.stringify(line))
          .join(", ")}${more}`,
      );
    });
    return overLevels(each, "no level's kernel warned of anything");
  },
};

/** What `after` has beyond the last line of `before`; undefined where that line has been pushed out. */
function newLines(before: readonly string[], after: readonly string[]): readonly string[] | undefined {
  const last = before.at(-1);
  const at = last === undefined ? -1 : after.lastIndexOf(last);
  return at < 0 ? undefined : after.slice(at + 1);
}

/** A line without a severity is taken for a warning. */
function isBad(line: string): boolean {
  const severity = LINE.exec(line)?.groups?.["severity"];
  if (severity !== undefined && HARMLESS.includes(severity)) return false;
  return !ORDINARY.some((pattern) => pattern.test(wordsOf(line)));
}

function wordsOf(line: string): string {
  return LINE.exec(line)?.groups?.["words"] ?? line;
}
