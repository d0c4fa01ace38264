import { significant } from "../../base/units.ts";
import { doubt, fine, type Guard, type GuardInput, makerAt, unknown } from "./guard.ts";

/**
 * Of what a thread does between two transactions (reading the clock, counting) up to 17 µs were seen at L2 of an
 * emulated computer, the slowest place that KVM makes.
 */
const BETWEEN_TRANSACTIONS_SECONDS = 40e-6;

/** Before its first and after its last transaction, up to 0.11 s were seen there. */
const EDGES_SECONDS = 0.25;

/**
 * How many times longer both take on a guest that is emulated on an emulated computer. From trials of 300 and 3,000
 * transactions: 0.55 ms between two, 0.6 s for start and end.
 */
const EMULATED_GUEST = { between: 20, edges: 5, share: 0.5 };
/** More than that share of a trial between its transactions is no measurement of them, however short they are. */
const USUAL = { between: 1, edges: 1, share: 0.2 };

/** Sums and times are printed with so many decimals that they cannot be off by more. */
const ROUNDING = 0.001;

/**
 * Little's law: where every thread is busy throughout, threads = throughput × mean response time. More says that the
 * clocks behind the two disagree; less, that threads sat idle. Threads that finished wait for the last one, which
 * takes one response time at most: the longest that was seen.
 */
export const littlesLaw: Guard = {
  name: "littles-law",
  check(input) {
    const { reading } = input;
    const { threads, elapsedSeconds, events, responseMaxSeconds } = reading.more;
    const { throughput, response } = reading.metrics;
    if (response === undefined) return unknown("the workload has no response time");
    if (threads === undefined || elapsedSeconds === undefined || events === undefined) {
      return unknown("the workload does not say how many threads were at work for how long");
    }
    const busy = throughput * response;
    const idleSeconds = elapsedSeconds * (1 - busy / threads);
    const said = `${busy.toFixed(2)} threads at work on average (throughput × mean response time) of ${threads}`;
    if (busy > threads * (1 + ROUNDING)) return doubt(`${said}: more than there are`);
    if (threads > 1 && (responseMaxSeconds ?? 0) === 0) {
      return busy > threads * (1 - ROUNDING)
        ? fine(said)
        : unknown(`${said}; the longest response time, which says what the end may cost, is not known`);
    }
    const slower = isEmulatedGuest(input) ? EMULATED_GUEST : USUAL;
    const counting = slower.between * (events / threads) * BETWEEN_TRANSACTIONS_SECONDS;
    const allowed =
      slower.edges * EDGES_SECONDS +
      Math.min(counting, slower.share * elapsedSeconds) +
      (threads > 1 ? (responseMaxSeconds ?? 0) : 0);
    if (idleSeconds <= allowed) return fine(said);
    const short =
      counting > slower.share * elapsedSeconds
        ? `; a transaction takes ${significant(response * 1e6, 3)} µs, so that most of this may be the tool's own work: make it longer`
        : "";
    return doubt(
      `${said}: each was idle for ${idleSeconds.toFixed(2)} s, where start, end and counting explain ${allowed.toFixed(2)} s${short}`,
    );
  },
};

function isEmulatedGuest(input: GuardInput): boolean {
  const { level } = input.observation.trial;
  return input.hardware === "emulated" && level > 0 && makerAt(input, level)?.kind === "emulator";
}
