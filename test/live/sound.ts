import type { Stack } from "../../src/lab/stack.ts";

const TRIES = 3;

/**
 * Brings a stack to a level and makes it whole where it lost a machine: an emulated computer loses one now and then,
 * all by itself, as a run would find too. Every loss is said, and the third in a row is an error.
 */
export async function makeSound(stack: Stack, level: number, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    const said = await stack.diagnose();
    if (said !== undefined) console.error(`the stack lost a machine: ${said}`);
    const reached = await stack.reach(level, signal);
    if (reached.ok) return;
    if (tries === TRIES) throw new Error(`${JSON.stringify(reached.problems)}\n${await stack.diagnose()}`);
    console.error(`the stack did not come up: ${JSON.stringify(reached.problems)}`);
  }
}

/** The same between tests, where a stack that is whole stays as deep as it is. */
export async function healIfLost(stack: Stack, level: number, signal: AbortSignal): Promise<void> {
  if ((await stack.diagnose()) !== undefined) await makeSound(stack, level, signal);
}
