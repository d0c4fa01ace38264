/** Settles with the value after so many seconds; nothing is kept running for its sake. */
export function after<T>(seconds: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), seconds * 1000).unref();
  });
}

/** Settles with the value when the signal aborts. */
export function aborted<T>(signal: AbortSignal, value: T): Promise<T> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(value);
    else signal.addEventListener("abort", () => resolve(value), { once: true });
  });
}

/** Does something once, however often it is called: for teardowns that several may ask for. */
export function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
