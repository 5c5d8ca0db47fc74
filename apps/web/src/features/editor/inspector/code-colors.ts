import { defaultHighlightStyle, HighlightStyle } from '@codemirror/language'

/** CodeMirror's colours, darker where they are too faint on white, and their like for the dark theme. */
const colors: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  '#404740': ['#404740', '#a2abb5'],
  '#708': ['#708', '#d9a6f2'],
  '#219': ['#219', '#8fb6ff'],
  '#164': ['#164', '#7fd6a0'],
  '#a11': ['#a11', '#ffa08f'],
  '#e40': ['#b83400', '#ffb27d'],
  '#00f': ['#00f', '#8fb6ff'],
  '#30a': ['#30a', '#b9a2ff'],
  '#085': ['#076b45', '#6fd3c0'],
  '#167': ['#167', '#7cc7e8'],
  '#256': ['#256', '#7fc4c9'],
  '#00c': ['#00c', '#9db8ff'],
  '#940': ['#940', '#e8b27a'],
  '#f00': ['#c92a2a', '#ff8787'],
}

/** How SQL is coloured: readable on both themes, which CSS tells apart. */
export const codeColors = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => {
    const found: unknown = spec['color']
    const pair = typeof found === 'string' ? colors[found] : undefined
    return pair ? { ...spec, color: `light-dark(${pair[0]}, ${pair[1]})` } : spec
  }),
)
