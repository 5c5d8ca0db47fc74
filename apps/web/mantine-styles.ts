/** Mantine's stylesheet, taken apart so that each component brings its own part into the chunk that it is in. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

const whole = /@mantine\/core\/styles\.layer\.css$/
/** The class names of a component; its stylesheet has the same name. */
const classNames = /@mantine\/core\/esm\/.*\/([^/]+)\.module\.mjs$/

/** What belongs to no component, then what other components are built on, in Mantine's own order. */
const foundation = [
  'baseline',
  'default-css-variables',
  'global',
  'ScrollArea',
  'UnstyledButton',
  'VisuallyHidden',
  'Paper',
  'Overlay',
  'Popover',
  'Loader',
  'ActionIcon',
  'CloseButton',
  'Group',
  'ModalBase',
  'Input',
]

/**
 * In a build `@mantine/core/styles.layer.css` keeps only the foundation, and every component that is part of
 * the build imports the rest for itself: none can be without its styles, and the first page has no others.
 * All of it stays in the layer `mantine`, which the styles of the app come after whenever they are loaded.
 */
export function mantineStyles(): Plugin {
  return {
    name: 'mantine-styles',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: whole },
      handler: (id) =>
        foundation
          .map((name) => readFileSync(path.join(path.dirname(id), `styles/${name}.layer.css`), 'utf8'))
          .join('\n')
          .replaceAll('@layer mantine {', '@layer mantine.foundation {'),
    },
    transform: {
      filter: { id: classNames },
      handler(code, id) {
        const [, name = ''] = classNames.exec(id) ?? []
        if (foundation.includes(name)) return
        const root = id.slice(0, id.indexOf('/esm/'))
        const sheet = path.join(root, `styles/${name}.layer.css`)
        if (!existsSync(sheet)) this.error(`Mantine has no stylesheet ${sheet}`)
        return { code: `import '@mantine/core/styles/${name}.layer.css'\n${code}`, map: null }
      },
    },
  }
}
