/** A test for things whose members have these values; an absent member has the value undefined. */
export function matching<Thing extends object>(
  wanted: NoInfer<{ readonly [Name in keyof Thing]?: Thing[Name] | undefined }>,
): (one: Thing) => boolean {
  return (one) => {
    for (const name in wanted) if (one[name] !== wanted[name]) return false;
    return true;
  };
}
