/** What Linux tells of Xen below it, `name=value` by name: empty where there is none. */
export function xenText(found: ReadonlyMap<string, string>, computer: string): string | undefined {
  if (found.get("type") !== "xen") return undefined;
  const version = `Xen ${found.get("version/major")}.${found.get("version/minor")}${found.get("version/extra")}`;
  const kind = found.get("guest_type") ?? "unknown";
  if (found.get("capabilities")?.includes("control_d") !== true) return `${version} (a ${kind} guest)`;
  return `${version} (its domain 0, ${kind}${computer === "" ? "" : `; below: ${computer}`})`;
}
