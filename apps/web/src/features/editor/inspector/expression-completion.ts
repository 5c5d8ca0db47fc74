import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { snippet } from '@codemirror/autocomplete'
import {
  type Column,
  type FunctionHelp,
  functionHelp,
  type Language,
  nameInText,
  quotedName,
} from '@millrace/engine'

/** What may be chosen while typing: what it is called, how it is written, what it does, an example. */
export interface CompletionTexts {
  readonly language: Language
  readonly example: string
  readonly parameter: string
}

function explain(entry: FunctionHelp, { language, example }: CompletionTexts): HTMLElement {
  const box = document.createElement('div')
  box.className = 'cm-function-help'
  const line = (tag: 'strong' | 'p' | 'code', text: string) => {
    const element = document.createElement(tag)
    element.textContent = text
    box.append(element)
  }
  line('strong', entry.signature)
  line('p', entry.summary[language])
  line('p', example)
  line('code', `${entry.example}  →  ${entry.result}`)
  return box
}

/** Words of a form, with its small words as places to fill: `CASE WHEN ${condition} THEN ${value} …`. */
const template = (signature: string): string =>
  signature.replace(/, …/g, '').replace(/\b[a-z]+\b/g, (word) => `\${${word}}`)

/** What a function or form puts into an expression, in CodeMirror's snippet syntax. */
export function insertion({ signature, isFunction }: FunctionHelp): string {
  if (signature.endsWith('()')) return signature
  // The name of a function looks like a place to fill as well.
  return isFunction ? template(signature).replace(/^\$\{(\w+)\}/, '$1') : template(signature)
}

const functionCompletion = (entry: FunctionHelp, texts: CompletionTexts): Completion => ({
  label: entry.name,
  displayLabel: entry.isFunction ? `${entry.name}()` : entry.name,
  detail: entry.summary[texts.language],
  type: entry.isFunction ? 'function' : 'keyword',
  apply: snippet(insertion(entry)),
  info: () => explain(entry, texts),
})

/** Columns first, then functions and forms, then parameters of the flow. */
export function expressionCompletions(
  columns: readonly Column[],
  parameters: readonly string[],
  texts: CompletionTexts,
) {
  const options: Completion[] = [
    ...columns.map(({ name, type }) => ({
      label: name,
      apply: nameInText(name),
      detail: type,
      type: 'property',
      boost: 10,
    })),
    ...functionHelp.map((entry) => functionCompletion(entry, texts)),
    ...parameters.map((name) => ({
      label: `\${${name}}`,
      detail: texts.parameter,
      type: 'variable',
      boost: -1,
    })),
  ]
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/(\$\{?|")?[\p{L}\p{N}_]*$/u)
    if (!word || (word.from === word.to && !context.explicit)) return null
    const quote = word.text.startsWith('"')
    // Completed inside of quotes, a closing quote that was put there by itself goes along.
    const after = context.state.sliceDoc(context.pos, context.pos + 1)
    const closes = (quote && after === '"') || (word.text.startsWith('${') && after === '}')
    return {
      from: word.from,
      to: closes ? context.pos + 1 : context.pos,
      options: quote
        ? options
            .filter(({ type }) => type === 'property')
            .map((one) => ({ ...one, label: quotedName(one.label), displayLabel: one.label }))
        : options,
      validFor: closes ? undefined : /^(\$\{?|")?[\p{L}\p{N}_]*$/u,
    }
  }
}

/** The function whose arguments hold a place of an expression, innermost first. */
export function functionAround(text: string, position: number): FunctionHelp | undefined {
  let depth = 0
  for (let index = position - 1; index >= 0; index--) {
    const character = text[index]
    if (character === ')') depth++
    else if (character === '(' && depth > 0) depth--
    else if (character === '(') {
      const name = /([a-z_]\w*)\s*$/i.exec(text.slice(0, index))?.[1]?.toLowerCase()
      const entry = functionHelp.find(
        (one) => one.name.toLowerCase() === name && one.signature.startsWith(`${one.name}(`),
      )
      if (entry) return entry
    }
  }
  const word = /[a-z_]\w*$/i.exec(text.slice(0, position))?.[0]?.toLowerCase()
  return functionHelp.find((one) => one.isFunction && one.name === word)
}
