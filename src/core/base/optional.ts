/** The members that are there: one that is undefined or null is left out, as optional members demand. */
export function optional<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]?: NonNullable<Members[Name]> } {
  const present: { [Name in keyof Members]?: NonNullable<Members[Name]> } = {};
  for (const name in members) {
    const value = members[name];
    if (value !== undefined && value !== null) present[name] = value;
  }
  return present;
}
