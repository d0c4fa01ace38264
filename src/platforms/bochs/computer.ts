import { dirname, join } from "node:path";
import { remove, writeFileIn } from "../../adapters/files.ts";
import { type LoopbackPort, openLoopbackPort } from "../../adapters/loopback.ts";
import { serverOnSerialLine } from "../../adapters/machine/serial-line.ts";
import { endText, succeeded } from "../../core/command.ts";
import { failed, ok, type Result } from "../../core/problem.ts";
import { USUAL_DESIGN } from "../../core/settings/setting.ts";
import type { Child, LaunchPlan, Machine, PlatformStep } from "../../lab/ports.ts";
import { type Given, givenLaunch, givenSettling } from "../given.ts";
import { guestOver } from "../guest.ts";
import type { GuestSpec } from "../guest-spec.ts";
import { kernelArguments } from "../qemu.ts";
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

/** L0 on a Lynnfield that Bochs emulates: VMX with EPT and VPID, and a clock that counts instructions. */
export function bochsStep(
  spec: GuestSpec,
  bootKernel: string,
  privateKey: string,
  patience: number,
  given?: Given,
): PlatformStep {
  const folder = dirname(spec.files.consoleLog);
  const launch = { argv: bochsArgv(folder), ...givenLaunch(spec, given) };
  return {
    level: spec.level,
    driver: "bochs",
    launch,
    ...givenSettling(spec, given),
    check: async () => [],
    start: async (host, signal) => {
      const disc = await makeBootDisc(spec, bootKernel, folder, host, signal);
      if (!disc.ok) return disc;
      await remove(`${spec.files.scratchDisk}.lock`); // of a Bochs that was killed
      const port = await openLoopbackPort();
      await writeFileIn(
        folder,
        "bochs.config",
        bochsConfig({
          memoryBytes: spec.size.memoryBytes,
          files: spec.files,
          folder,
          bootDisc: disc.value,
          port: port.port,
        }),
      );
      await writeFileIn(folder, "bochs.debugger", "continue\n"); // Debian's Bochs waits in its debugger
      return startBochs(spec, launch, privateKey, patience, port, host, signal);
    },
  };
}

/** Bochs reads its debugger's next commands from its input, which is to have none. */
function bochsArgv(folder: string): readonly string[] {
  const [config, debuggerCommands] = [join(folder, "bochs.config"), join(folder, "bochs.debugger")];
  return [
    "sh",
    "-c",
    'TERM=vt100 exec bochs-bin -q -f "$1" -rc "$2" </dev/null',
    "bochs",
    config,
    debuggerCommands,
  ];
}

async function makeBootDisc(
  spec: GuestSpec,
  bootKernel: string,
  folder: string,
  host: Machine,
  signal: AbortSignal,
): Promise<Result<string>> {
  const asIde = { ...spec, design: { ...USUAL_DESIGN, ...spec.design, disk: "ide" } } as const;
  const config = await writeFileIn(
    folder,
    "isolinux.cfg",
    bootConfig(kernelArguments(asIde, KERNEL_ARGUMENTS)),
  );
  const disc = join(folder, "boot.iso");
  const made = await host.run(
    {
      argv: bootDiscArgv(disc, { config, kernel: bootKernel, initrd: spec.files.initrd }),
      timeoutSeconds: 120,
    },
    signal,
  );
  signal.throwIfAborted();
  if (succeeded(made)) return ok(disc);
  return failed({
    code: "no-boot-disc",
    at: "L0",
    what: `xorriso did not make the disc that Bochs boots: ${endText(made.end)}`,
    evidence: made.stderr.trim().split("\n").slice(-8).join("\n"),
  });
}

async function startBochs(
  spec: GuestSpec,
  launch: LaunchPlan,
  privateKey: string,
  patience: number,
  port: LoopbackPort,
  host: Machine,
  signal: AbortSignal,
): Promise<Result<Machine>> {
  const started = await host.spawn(launch.argv, signal);
  if (!started.ok) {
    port.close();
    return started;
  }
  const bochs = started.value;
  bochs.stream.resume(); // its screen; what it has to say stands in its log
  const line = await Promise.race([port.caller, bochs.ended, nobodyCalled(signal)]);
  if (typeof line === "string") {
    port.close();
    bochs.kill();
    return failed({
      code: "no-boot",
      at: "L0",
      what: `Bochs did not switch its computer on: ${line}`,
      evidence: await lastOfLog(spec, bochs, host),
    });
  }
  return guestOver(
    serverOnSerialLine(line),
    bochs,
    { level: spec.level, launch, privateKey, consoleLog: spec.files.consoleLog, patience },
    host,
    signal,
  );
}

/** Bochs calls before its computer executes anything; where it cannot, it goes on without a word. */
const CALL_LIMIT_SECONDS = 60;

function nobodyCalled(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve(`it did not connect its serial line within ${CALL_LIMIT_SECONDS} s`),
      CALL_LIMIT_SECONDS * 1000,
    );
    timer.unref();
    signal.addEventListener("abort", () => resolve("stopped by the user"), { once: true });
  });
}

async function lastOfLog({ files }: GuestSpec, bochs: Child, host: Machine): Promise<string> {
  const log = join(dirname(files.consoleLog), "bochs.log");
  const said = await host.run(
    { argv: ["tail", "-n", "20", log], timeoutSeconds: 20 },
    AbortSignal.timeout(20_000),
  );
  return [bochs.errors(), said.stdout].filter((text) => text.trim() !== "").join("\n");
}
