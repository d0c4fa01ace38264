import type { Command } from "../core/base/command.ts";

/** A server that a workload has in the measured machine while it is measured. */
export interface Server {
  readonly name: string;
  /** Lines for a shell: what the server needs, then the command that becomes it, with $1, $2, … */
  readonly before?: string;
  readonly command: string;
  /** A test that holds when the server answers. */
  readonly answers: string;
  readonly words?: readonly string[];
  /** Lines for a shell, when it answers. */
  readonly fill?: string;
}

/**
 * Lines for a shell that wait for a whole second. A trial in counted time begins at one, so the timers of a server that
 * was started at one lie alike in every trial.
 */
export const AT_A_WHOLE_SECOND =
  "(busybox usleep $((1000000 - 1$(date +%N | cut -c1-6) % 1000000))) 2>/dev/null || true";

/** Starts the server and waits until it answers. */
export function startServer({ name, before = "", command, answers, words = [], fill = "" }: Server): Command {
  const log = `/run/dvirt/${name}.log`;
  const script = `
set -eu
mkdir -p /run/dvirt
[ ! -e ${pidFile(name)} ] || { echo "a server is running already" >&2; exit 1; }
${before}
${AT_A_WHOLE_SECOND}
${command} >${log} 2>&1 </dev/null &
server=$!
echo $server >${pidFile(name)}
until ${answers}; do
  kill -0 $server 2>/dev/null || { echo "${name} did not start:" >&2; tail -n 6 ${log} >&2; rm -f ${pidFile(name)}; exit 1; }
  busybox usleep 50000 2>/dev/null || sleep 0.05 # the image's is quicker to start; others may not have it
done
${fill}
`;
  return { argv: ["sh", "-c", script, `${name}-start`, ...words], timeoutSeconds: 300 };
}

/** Ends it at once: nothing that it would still write is wanted. Then the lines, and its last words. */
export function stopServer(name: string, after = ""): Command {
  const script = `
if [ -e ${pidFile(name)} ]; then
  server=$(cat ${pidFile(name)})
  kill -KILL "$server" 2>/dev/null
  while [ -d "/proc/$server" ]; do busybox usleep 50000 2>/dev/null || sleep 0.05; done
  rm -f ${pidFile(name)}
fi
${after}
tail -n 3 /run/dvirt/${name}.log
`;
  return { argv: ["sh", "-c", script, `${name}-stop`], timeoutSeconds: 300 };
}

function pidFile(name: string): string {
  return `/run/dvirt/${name}.pid`;
}

/** Talking to itself needs the machine's loopback, which nothing else in the image brings up. */
export const LOOPBACK_UP =
  "ip link set lo up 2>/dev/null || busybox ip link set lo up 2>/dev/null || busybox ifconfig lo 127.0.0.1 up";
