/** A name in quotes, as an expression can always name a column. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`
