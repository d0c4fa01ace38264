import { performance } from "node:perf_hooks";
import type { Reporter, TestModule } from "vitest/node";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Ends a run with plain lines that any CI can read: the seconds of each project, then how many tests passed. */
export default class SummaryReporter implements Reporter {
  readonly #spans = new Map<string, Span>();

  onTestModuleQueued({ project }: TestModule): void {
    this.#reach(project.name);
  }

  onTestModuleEnd({ project }: TestModule): void {
    this.#reach(project.name);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const [name, { from, to }] of this.#spans) {
      const all = modules.filter(({ project }) => project.name === name).map((one) => one.diagnostic());
      const imports = seconds(all.reduce((sum, one) => sum + one.collectDuration, 0));
      const tests = seconds(all.reduce((sum, one) => sum + one.duration, 0));
      console.log(`${name}: ${seconds(to - from)} s (tests ${tests} s, imports ${imports} s)`);
    }
    const states = modules.flatMap((one) => [...one.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((one) => one === state).length;
    // A file that could not even be collected has no tests to count, and must not pass for silence.
    const broken = modules.filter((one) => one.errors().length > 0).length;
    console.log(`${count("passed")} passed, ${count("failed") + broken} failed, ${count("skipped")} skipped`);
  }

  /** The project was at work just now. */
  #reach(name: string): void {
    const now = performance.now();
    this.#spans.set(name, { from: this.#spans.get(name)?.from ?? now, to: now });
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
