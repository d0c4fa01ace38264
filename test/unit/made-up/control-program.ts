import type { Command, Completed } from "../../../src/core/base/command.ts";
import type { Machine } from "../../../src/lab/ports.ts";

/** How a guest is, and what it does when it is asked to shut down. */
interface Guest {
  state: "off" | "on" | "ending";
  readonly heeds: "signals" | "force" | "nothing";
}

/**
 * A stand-in for CP behind vmcp: it answers as IBM's command reference and vmcp(8) say, and keeps what it was sent. It
 * shows that dvirt keeps to the documented interface, not that z/VM does.
 */
export interface ControlProgram extends Pick<Machine, "run"> {
  readonly sent: readonly string[];
  readonly guests: ReadonlyMap<string, Guest>;
}

export function controlProgram(options: {
  readonly guests: Readonly<Record<string, Partial<Guest>>>;
  /** Privilege classes of the controlling guest. */
  readonly classes?: string;
  /** An answer in place of the stand-in's, by the beginning of the command. */
  readonly instead?: Readonly<Record<string, Completed>>;
}): ControlProgram {
  const classes = options.classes ?? "ABCG";
  const guests = new Map<string, Guest>(
    Object.entries(options.guests).map(([name, given]) => [
      name,
      { state: "off", heeds: "signals", ...given },
    ]),
  );
  const sent: string[] = [];
  const answer = (text: string): Completed => {
    const [verb = "", ...words] = text.split(" ");
    const [first = "", second = ""] = words;
    const needs = CLASSES[verb];
    if (needs !== undefined && ![...needs].some((one) => classes.includes(one))) {
      return refused(text, 1, `HCPCMD001E Unknown CP command: ${verb}`);
    }
    switch (verb) {
      case "QUERY":
        if (first === "USERID") return said("LNXCTL   AT VMSYS1");
        if (first === "CPLEVEL") return said("z/VM Version 7 Release 3.0, service level 2301 (64-bit)");
        return query(text, first);
      case "XAUTOLOG": {
        const guest = guests.get(first);
        if (guest === undefined) return refused(text, 53, `HCPLGA053E ${first} not in CP directory`);
        if (guest.state !== "off") return refused(text, 54, `HCPLGA054E Already logged on disconnected`);
        guest.state = "on";
        return said("Command accepted");
      }
      case "SEND":
        return guests.get(second)?.state === "on"
          ? said("")
          : refused(text, 45, `HCPCSN045E ${second} not logged on`);
      case "SIGNAL":
        return end(text, second, "signals");
      case "FORCE":
        return end(text, first, "force");
      default:
        return refused(text, 1, `HCPCMD001E Unknown CP command: ${verb}`);
    }
  };
  const query = (text: string, user: string): Completed => {
    const guest = guests.get(user);
    if (guest === undefined) return refused(text, 3, `HCPCQV003E Invalid option - ${user}`);
    if (guest.state === "off") return refused(text, 45, `HCPCQU045E ${user} not logged on`);
    if (guest.state === "on") return said(`${user.padEnd(8)} - DSC `);
    guest.state = "off"; // gone when it is looked for the next time
    return refused(text, 361, `HCPCQU361E LOGOFF/FORCE pending for user ${user}`);
  };
  const end = (text: string, user: string, by: Guest["heeds"]): Completed => {
    const guest = guests.get(user);
    if (guest?.state !== "on") return refused(text, 45, `HCPFRC045E ${user} not logged on`);
    if (guest.heeds === by || (by === "force" && guest.heeds === "signals")) guest.state = "ending";
    return said("");
  };
  return {
    sent,
    guests,
    run: async ({ argv }: Command) => {
      const text = argv.slice(1).join(" ");
      sent.push(text);
      const instead = Object.entries(options.instead ?? {}).find(([beginning]) => text.startsWith(beginning));
      return instead?.[1] ?? answer(text);
    },
  };
}

const CLASSES: Readonly<Record<string, string>> = {
  QUERY: "G",
  XAUTOLOG: "ABG",
  SEND: "CG",
  SIGNAL: "ACG",
  FORCE: "A",
};

function said(text: string): Completed {
  return {
    end: { kind: "exited", code: 0 },
    stdout: text === "" ? "" : `${text}\n`,
    stderr: "",
    seconds: 0.1,
  };
}

function refused(command: string, number: number, message: string): Completed {
  return {
    end: { kind: "exited", code: 1 },
    stdout: `${message}\n`,
    stderr: `Error: non-zero CP response for command '${command}': #${number}\n`,
    seconds: 0.1,
  };
}

/** vmcp itself ended with a code of its own. */
export function vmcpEnded(code: number, stderr: string): Completed {
  return { end: { kind: "exited", code }, stdout: "", stderr, seconds: 0.1 };
}
