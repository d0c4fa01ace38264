/** A name of a run or a figure as the name of one file or folder, whatever stands in it: other names stay as they are. */
export function fileName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
  return safe !== "" && safe.length <= MOST ? safe : `${safe.slice(0, MOST)}-${hash(name)}`;
}

/** File systems take 255 bytes, and what follows a name takes some of them. */
const MOST = 180;

/** FNV-1a, 32 bits: tells two long names apart. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(36);
}

/** A text in the letters that a study's or a workload's name may have; `otherwise` where nothing of it is left. */
export function plainName(text: string, otherwise: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? otherwise : name.slice(0, 40);
}
