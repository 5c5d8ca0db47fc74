import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Deep water: the one accent of the product. */
const race: MantineColorsTuple = [
  '#e3f7fa',
  '#cfeaf0',
  '#a1d3de',
  '#70bbcc',
  '#48a7bd',
  '#2f9bb4',
  '#1d95b0',
  '#0b7285',
  '#066577',
  '#005161',
]

const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif'

export const theme = createTheme({
  primaryColor: 'race',
  primaryShade: { light: 7, dark: 5 },
  colors: { race },
  fontFamily: sans,
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace',
  headings: { fontFamily: sans, fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
})

/** Mantine's own colours of text, and of what white text stands on, are too faint (WCAG asks 4.5 to 1). */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#59636e',
    '--mantine-color-placeholder': '#6b7580',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-red-text': '#c92a2a',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#b02525',
    '--mantine-color-orange-text': '#a84300',
    '--mantine-color-teal-text': '#087357',
    '--mantine-color-teal-light-color': '#066347',
    '--mantine-color-blue-light-color': '#155a9c',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-orange-light-color': '#963c00',
    '--mantine-color-yellow-light-color': '#7d4e00',
    '--mantine-color-gray-light-color': '#495057',
  },
  dark: {
    '--mantine-color-dimmed': '#a2abb5',
    '--mantine-color-placeholder': '#8b949e',
    '--mantine-color-race-filled': '#0d7c91',
    '--mantine-color-race-filled-hover': '#0f879e',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#d33535',
  },
})
