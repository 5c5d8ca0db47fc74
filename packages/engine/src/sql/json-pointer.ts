/** A JSON pointer (RFC 6901) to a member of an object: unlike a path, it takes any name. */
export const jsonPointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
