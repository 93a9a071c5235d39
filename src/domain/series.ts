/** One value of a reading by its name; null where the probe has no such value or could not have it. */
export function valueNamed(fields: readonly string[], values: readonly (number | null)[], name: string): number | null {
  const index = fields.indexOf(name);
  return index === -1 ? null : (values[index] ?? null);
}

/** A check's name for people: '/checkout' of 'http:/checkout'. */
export function checkLabel(name: string): string {
  return name.replace(/^http:(?=.)/, '');
}
