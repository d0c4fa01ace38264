import { withoutAddresses } from "../../base/addresses.ts";
import { doubt, eachLevel, fine, type Guard, unknown } from "./guard.ts";

/** A packet as netfilter logs it. */
const FIREWALL = /(^|[\s:\]])IN=\S{0,64} OUT=\S{0,64}( |$)/;

/** What a kernel says in ordinary trials, with its severity and time taken off. */
const ORDINARY: readonly RegExp[] = [
  // The database's scratch disk, before and after a trial.
  /^EXT4-fs \(\w+\): (mounted filesystem|unmounting filesystem)/,
  // A guest's kernel tries the registers of a processor that it does not have, as it boots. Newer kernels put the
  // module's name before it.
  /^(kvm(_amd|_intel)?: )?(kvm( \[\d+\])?: )?(vcpu\d+, guest rIP: 0x[0-9a-f]+ )?((unhandled|ignored|disabled|disabled perfctr) (wrmsr|rdmsr)|kvm_[gs]et_msr_common: .*, nop$)/i,
  // Once, how long the longest interrupt of its timer took so far; below a tenth of a millisecond that is nothing.
  /^hrtimer: interrupt took \d{1,5} ns$/,
  // A firewall tells of packets that it let pass or not: netfilter's form, whatever its user wrote before it.
  FIREWALL,
  // Packets that others sent with an impossible address, and the frame that one came in.
  /^(IPv4: )?martian (source|destination) /,
  /^ll header: /,
  /^net_ratelimit: \d+ callbacks suppressed$/,
];

/** How a record begins; a line of another form goes on with the one before it. */
const BEGINS = /^(?:\w+\s*:\w+\s*:|\[\s*\d)/;

/** How dmesg calls the severities below a warning. */
const HARMLESS: readonly string[] = ["notice", "info", "debug"];

/** `kern  :warn  : [   12.345678] what it says`; a line of another form has words alone. */
const LINE = /^(?:\w+\s*:(?<severity>\w+)\s*:\s*)?(?:\[[^\]]*\]\s*)?(?<words>.*)$/;

/** Lines that are shown of many. */
const SHOWN = 3;

/** New lines in any level's kernel log: what a kernel warns of may have cost time. Notices of lower rank pass. */
export const kernelLog: Guard = {
  name: "kernel-log",
  check(input) {
    return eachLevel(input, "no level's kernel warned of anything", ({ level, before, after }) => {
      if (before.kernelLog === undefined || after.kernelLog === undefined) {
        return unknown(`L${level}: the kernel log cannot be read`);
      }
      const added = newLines(before.kernelLog, after.kernelLog);
      if (added === undefined) {
        return doubt(
          `L${level}: the kernel said more than the ${after.kernelLog.length} lines that were kept`,
        );
      }
      const bad = records(added).filter(isBad).map(wordsOf).map(withoutAddresses);
      if (bad.length === 0) return fine("");
      const more = bad.length > SHOWN ? ` and ${bad.length - SHOWN} more` : "";
      return doubt(
        `L${level}: the kernel said ${bad
          .slice(0, SHOWN)
          .map((line) => JSON.stringify(line))
          .join(", ")}${more}`,
      );
    });
  },
};

/** What `after` has beyond the last line of `before`; undefined where that line has been pushed out. */
function newLines(before: readonly string[], after: readonly string[]): readonly string[] | undefined {
  const last = before.at(-1);
  const at = last === undefined ? -1 : after.lastIndexOf(last);
  return at < 0 ? undefined : after.slice(at + 1);
}

/** Lines as the records that a kernel wrote; lines of no known form at all are records of their own. */
function records(lines: readonly string[]): readonly string[] {
  return lines.some((line) => BEGINS.test(line)) ? lines.filter((line) => BEGINS.test(line)) : lines;
}

/** A record without a severity is taken for a warning. */
function isBad(line: string): boolean {
  const severity = LINE.exec(line)?.groups?.["severity"];
  if (severity !== undefined && HARMLESS.includes(severity)) return false;
  return !ORDINARY.some((pattern) => pattern.test(wordsOf(line)));
}

function wordsOf(line: string): string {
  return LINE.exec(line)?.groups?.["words"] ?? line;
}
