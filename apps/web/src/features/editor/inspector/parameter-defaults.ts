import type { Flow } from '@millrace/engine'

/** A text of a setting as it is while drawing: a parameter stands for its default. */
export const withDefaults = (text: string, parameters: Flow['parameters']): string =>
  text.replace(
    /\$\{([^}]*)\}/g,
    (_, name: string) => parameters.find((parameter) => parameter.name === name.trim())?.default ?? '',
  )
