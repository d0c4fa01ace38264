import { fileURLToPath } from "node:url";
import { readText } from "./adapters/files.ts";
import { outlive } from "./adapters/output.ts";
import { asCalled } from "./cli/called.ts";
import { commands } from "./cli/commands.ts";
import { EXIT } from "./cli/context.ts";
import { runProgram } from "./cli/program.ts";

const home = fileURLToPath(new URL("..", import.meta.url));
const manifest: { version: string } = JSON.parse(await readText(`${home}/package.json`));

/** Within this a second signal is the first one, handed on by another process. */
const ONE_PRESS_MILLISECONDS = 1000;

const controller = new AbortController();
let askedAt: number | undefined;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    const again = askedAt !== undefined;
    if (again && name === "SIGINT" && performance.now() - (askedAt ?? 0) > ONE_PRESS_MILLISECONDS) {
      process.stderr.write("\nended before everything was torn down\n");
      // As without a handler: to exit would wait for whatever a thread of Node.js is stuck in.
      process.removeAllListeners(name);
      process.kill(process.pid, name);
    }
    process.stderr.write(again ? "\nstill tearing down\n" : "\nstopping: tearing down, deepest first\n");
    askedAt ??= performance.now();
    controller.abort(new Error(name));
  });
}
const output = outlive(process.stdout, "standard output");
const errors = outlive(process.stderr, "standard error");

try {
  process.exitCode = await runProgram(
    {
      environment: process.env,
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
      unwritten: output.unwritten,
      signal: controller.signal,
      home,
      version: manifest.version,
      asCalled: asCalled(
        process.env["DVIRT_CALLED"] ?? "dvirt",
        commands.map(({ name }) => name),
      ),
    },
    process.argv.slice(2),
  );
} catch (error) {
  process.stderr.write(`dvirt: this is a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = EXIT.bug;
}
// Sockets of machines that were just ended may linger; nothing is left to wait for but a pipe's slow reader.
await Promise.all([output.unwritten(), errors.unwritten()]);
process.exit();
