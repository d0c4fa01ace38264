import { dirname, join } from "node:path";
import { remove, writeFileIn } from "../../adapters/files.ts";
import { type LoopbackPort, openLoopbackPort } from "../../adapters/loopback.ts";
import { serverOnSerialLine } from "../../adapters/machine/serial-line.ts";
import { aborted, after } from "../../adapters/waiting.ts";
import { endText, lastLines, succeeded } from "../../core/base/command.ts";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import { USUAL_DESIGN } from "../../core/study/settings/setting.ts";
import type { Child, LaunchPlan, Machine, PlatformStep } from "../../lab/ports.ts";
import { kernelArguments } from "../qemu/qemu.ts";
import { type Given, givenLaunch, givenSettling } from "../steps/given.ts";
import { guestOver, lastWords } from "../steps/guest.ts";
import type { GuestSpec } from "../steps/guest-spec.ts";
import { bochsConfig, bootConfig, bootDiscArgv } from "./config.ts";

/**
 * The kernel's console is the second serial line, because the first carries the session; processor and clock are
 * the same in every run, so nothing of them is to be calibrated or made random.
 */
const KERNEL_ARGUMENTS = [
  "console=ttyS1",
  "quiet",
  "loglevel=3",
  "panic=-1",
  "nokaslr",
  "tsc=reliable",
  "no_timer_check",
  "initcall_blacklist=cmos_init",
  "cryptomgr.notests",
  "dvirt.serial=/dev/ttyS0",
];

/** The computer, and what Bochs needs to make it. */
export interface BochsComputer {
  readonly spec: GuestSpec;
  /** The image's kernel as a boot loader wants it. */
  readonly bootKernel: string;
  readonly privateKey: string;
  readonly given: Given;
}

/** L0 on a Lynnfield that Bochs emulates: VMX with EPT and VPID, and a clock that counts instructions. */
export function bochsStep(computer: BochsComputer): PlatformStep {
  const { spec, given } = computer;
  const folder = dirname(spec.files.consoleLog);
  const launch = { argv: bochsArgv(folder), ...givenLaunch(spec, given) };
  return {
    level: spec.level,
    driver: "bochs",
    launch,
    ...givenSettling(spec, given),
    check: async () => [],
    start: async (host, signal) => {
      const bootDisc = await makeBootDisc(computer, folder, host, signal);
      if (!bootDisc.ok) return bootDisc;
      await remove(`${spec.files.scratchDisk}.lock`); // of a Bochs that was killed
      const line = await openLoopbackPort();
      const config = bochsConfig({
        memoryBytes: spec.size.memoryBytes,
        files: spec.files,
        folder,
        bootDisc: bootDisc.value,
        port: line.port,
      });
      await writeFileIn(folder, "bochs.config", config);
      await writeFileIn(folder, "bochs.debugger", "continue\n"); // Debian's Bochs waits in its debugger
      const started = await host.spawn(launch.argv, signal);
      if (started.ok) return guestOnLine(computer, { bochs: started.value, line, launch }, host, signal);
      line.close();
      return started;
    },
  };
}

/** Bochs reads its debugger's next commands from its input, which is to have none. */
function bochsArgv(folder: string): readonly string[] {
  const script = 'TERM=vt100 exec bochs-bin -q -f "$1" -rc "$2" </dev/null';
  return ["sh", "-c", script, "bochs", join(folder, "bochs.config"), join(folder, "bochs.debugger")];
}

async function makeBootDisc(
  { spec, bootKernel }: BochsComputer,
  folder: string,
  host: Machine,
  signal: AbortSignal,
): Promise<Result<string>> {
  const asIde = { ...spec, design: { ...USUAL_DESIGN, ...spec.design, disk: "ide" } } as const;
  const loader = bootConfig(kernelArguments(asIde, KERNEL_ARGUMENTS));
  const config = await writeFileIn(folder, "isolinux.cfg", loader);
  const disc = join(folder, "boot.iso");
  const argv = bootDiscArgv(disc, { config, kernel: bootKernel, initrd: spec.files.initrd });
  const made = await host.run({ argv, timeoutSeconds: 120 }, signal);
  signal.throwIfAborted();
  if (succeeded(made)) return ok(disc);
  return failed({
    code: "no-boot-disc",
    at: "L0",
    what: `xorriso did not make the disc that Bochs boots: ${endText(made.end)}`,
    evidence: lastLines(made.stderr, 8),
  });
}

/** A Bochs that was started. */
interface Started {
  readonly bochs: Child;
  /** Where it is to connect its computer's first serial line. */
  readonly line: LoopbackPort;
  readonly launch: LaunchPlan;
}

async function guestOnLine(
  { spec, privateKey }: BochsComputer,
  { bochs, line: port, launch }: Started,
  host: Machine,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  bochs.stream.resume(); // its screen; what it has to say stands in its log
  const line = await Promise.race([
    port.caller,
    bochs.ended.then(endText),
    after(CALL_LIMIT_SECONDS, `it did not connect its serial line within ${CALL_LIMIT_SECONDS} s`),
    aborted(signal, "stopped by the user"),
  ]);
  if (typeof line === "string") {
    port.close();
    bochs.kill();
    return failed({
      code: "no-boot",
      at: "L0",
      what: `Bochs did not switch its computer on: ${line}`,
      evidence: await lastWords(bochs, join(dirname(spec.files.consoleLog), "bochs.log"), host),
    });
  }
  const guest = { level: spec.level, launch, privateKey, consoleLog: spec.files.consoleLog };
  return guestOver({ stream: serverOnSerialLine(line), hypervisor: bochs }, guest, host, signal);
}

/** Bochs calls before its computer executes anything; where it cannot, it goes on without a word. */
const CALL_LIMIT_SECONDS = 60;
