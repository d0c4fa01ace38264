import { askFeilong, type FeilongService } from "../../adapters/feilong.ts";
import { textIfAny } from "../../adapters/files.ts";
import { connectOpenSsh } from "../../adapters/machine/openssh.ts";
import type { Size } from "../../core/study/resources-policy.ts";
import type { Targets, ZvmGuest } from "../../core/study/targets.ts";
import { feilongDriver } from "./zvm-feilong.ts";
import type { GuestDriver, Patience } from "./zvm-guest.ts";
import { vmcpDriver, type WithControl } from "./zvm-vmcp.ts";

const PATIENCE: Patience = { everySeconds: 2, shutDownSeconds: 120, forceSeconds: 60 };

/** The driver that a study names for the guest of a level. */
export function guestDriver(at: string, guest: ZvmGuest, size: Size, config: Targets["config"]): GuestDriver {
  if (guest.by === "feilong") {
    return feilongDriver({ at, guest, size, patience: PATIENCE }, async (request, headers, signal) =>
      askFeilong(await serviceOf(guest), request, headers, signal),
    );
  }
  const { control, rights } = guest;
  const withControl: WithControl = async (body, signal) => {
    const connected = await connectOpenSsh({ name: at, host: control, rights, configFile: config }, signal);
    if (!connected.ok) return connected;
    try {
      return await body(connected.value);
    } finally {
      await connected.value.dispose();
    }
  };
  return vmcpDriver({ at, guest, size, patience: PATIENCE }, withControl);
}

async function serviceOf({ url, ca }: Extract<ZvmGuest, { by: "feilong" }>): Promise<FeilongService> {
  if (ca === undefined) return { url };
  const text = await textIfAny(ca);
  if (text === undefined) throw new Error(`the file of certificates ${ca} cannot be read`);
  return { url, ca: text };
}
