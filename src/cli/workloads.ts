import type { Parameter } from "../core/study/study-keys.ts";
import { workloads } from "../workloads/index.ts";
import { type Context, EXIT, type ExitCode } from "./context.ts";
import type { Define } from "./define.ts";

export const defineWorkloads: Define = (command, context, end) => {
  command.action(() => end(workloadsCommand(context)));
};

/** `dvirt workloads`: what a study can name, with parameters and their defaults. */
async function workloadsCommand({ output }: Context): Promise<ExitCode> {
  for (const { name, about, packages, parameters } of workloads) {
    output.write(`${name}: ${about}\n`);
    for (const parameter of parameters()) output.write(`  ${parameterText(parameter)}\n`);
    if (packages.length > 0) output.write(`  (the image gets ${packages.join(", ")})\n`);
  }
  output.write(
    "\nIn a study: workloads: [{ name: cpu, threads: cpus }]. docs/workloads.md says more of each.\n",
  );
  return EXIT.fine;
}

function parameterText({ name, byDefault, needed }: Parameter): string {
  if (byDefault !== undefined) return `${name}: ${String(byDefault)}`;
  return needed ? `${name}: must be said` : `${name}: nothing unless it is said`;
}
