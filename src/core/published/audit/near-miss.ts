import { type Interval, meet } from "./interval.ts";
import { printedNumber } from "./printed-number.ts";

/** More would be a list of numbers near the recomputed one, which is shown beside it. */
const MOST = 3;

/**
 * Slips of the pen that would make a printed number hold, the likeliest kind alone: cut off instead of rounded,
 * a wrong sign, two neighbouring digits exchanged, the point moved by a place, one digit wrong.
 */
export function nearMisses(text: string, recomputed: Interval): readonly string[] {
  const holds = (other: string) => {
    const read = printedNumber(other);
    if (read === undefined || other === text) return false;
    // A new zero at the end would hold by being taken for padding.
    if (endsInZero(other) && !endsInZero(text)) return false;
    return meet(read.interval, recomputed);
  };
  if (cutOffHolds(text, recomputed)) return ["cut off, not rounded"];
  const kinds: readonly [string, readonly string[]][] = [
    ["sign", otherSign(text)],
    ["two digits exchanged", exchanges(text)],
    ["point moved", pointsMoved(text)],
    ["one digit", otherDigits(text)],
  ];
  for (const [kind, others] of kinds) {
    const found = [...new Set(others.filter(holds))];
    if (found.length > 0 && found.length <= MOST) return found.map((other) => `${other} (${kind})`);
  }
  return [];
}

/** Whether dropping the digits after the last one gives what is printed. */
function cutOffHolds(text: string, recomputed: Interval): boolean {
  const read = printedNumber(text);
  if (read === undefined) return false;
  const away = read.value < 0 ? -read.unit : read.unit;
  const ends = [read.value, read.value + away];
  return meet({ low: Math.min(...ends), high: Math.max(...ends) }, recomputed);
}

function otherSign(text: string): readonly string[] {
  if (/^[-−]/.test(text)) return [text.replace(/^[-−]/, text.endsWith("%") ? "+" : "")];
  return [`-${text.replace(/^\+/, "")}`];
}

function exchanges(text: string): readonly string[] {
  const places = digitPlaces(text);
  return places.slice(1).map((place, i) => {
    const before = places[i] ?? place;
    const characters = [...text];
    characters[before] = text.charAt(place);
    characters[place] = text.charAt(before);
    return characters.join("");
  });
}

function pointsMoved(text: string): readonly string[] {
  const left = text.replace(/(\d)\.(?=\d)/, ".$1").replace(/(?<!\d)\./, "0.");
  const right = text
    .replace(/\.(\d)/, "$1.")
    .replace(/\.(?!\d)/, "")
    .replace(/^([+\-−]?)0(?=\d)/, "$1");
  return [left, right];
}

function otherDigits(text: string): readonly string[] {
  return digitPlaces(text).flatMap((place) =>
    [..."0123456789"].map((digit) => `${text.slice(0, place)}${digit}${text.slice(place + 1)}`),
  );
}

function endsInZero(text: string): boolean {
  return /0%?$/.test(text);
}

function digitPlaces(text: string): readonly number[] {
  return [...text].flatMap((character, place) => (/\d/.test(character) ? [place] : []));
}
