import { createTheme, type MantineColorsTuple } from '@mantine/core'

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
