import { nodeKinds } from '@millrace/engine'
import { useFormat, useText } from '../i18n/index.ts'
import { type Term, termsOf, termTexts } from './row-law.ts'

const isTerm = (term: string): term is keyof typeof termTexts => Object.hasOwn(termTexts, term)

/** Gives the row law of a ledger, with its numbers, in the language of the interface. */
export function useRowLaw(): (equation: string, kindName: string | undefined) => string {
  const { t, label } = useText()
  const format = useFormat()
  return (equation, kindName) => {
    const sides = termsOf(equation)
    if (!sides) return equation
    const inputs = nodeKinds.get(kindName ?? '')?.inputs({}) ?? []
    const textOf = ({ rows, term, port }: Term) => {
      const input = inputs.find(({ name }) => name === port)
      return t(input ? 'term.rowsAt' : 'term.rows', {
        rows: format.number(rows),
        term: isTerm(term) ? t(termTexts[term]) : term,
        port: input ? label(input.label) : '',
      })
    }
    return sides.map((side) => side.map(textOf).join(' + ')).join(' = ')
  }
}
