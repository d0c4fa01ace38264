import { significant } from "../../base/units.ts";
import { doubt, fine, type Guard } from "./guard.ts";

/**
 * Transactions that failed and were ignored, and connections that were lost and made again: both take time and are in no
 * figure. A server that works for one client, or for several without conflict, has none.
 */
export const errors: Guard = {
  name: "errors",
  check({ reading }) {
    const { errors: failed, reconnects, events } = reading.more;
    if (failed === undefined && reconnects === undefined) return fine("the workload counts no errors");
    const said = [
      ...(failed ? [`${failed} transactions failed and were ignored${share(failed, events)}`] : []),
      ...(reconnects ? [`${reconnects} connections were lost and made again`] : []),
    ];
    return said.length === 0 ? fine("no transaction failed") : doubt(said.join("; "));
  },
};

function share(failed: number, events: number | undefined): string {
  return events === undefined ? "" : `, ${significant((100 * failed) / (failed + events), 3)}% of all`;
}
