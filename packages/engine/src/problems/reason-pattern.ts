import { reasonSentences } from './reasons.ts'

/** What the holes of a sentence are filled with, as patterns; a hole that is not named may hold anything. */
type Filling = Readonly<Record<string, string>>

/** Where a text may lie in a sentence: `opens` anywhere or at its beginning, `closes` anywhere or at its end. */
interface Lie {
  readonly opens: 'anywhere' | 'beginning'
  readonly closes: 'anywhere' | 'end'
}

const anything = '(?s:.*?)'
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const anyOf = (patterns: readonly string[]): string => `(?:${[...new Set(patterns)].join('|')})`

/** Fixed words and, at odd places, the names of what stands between them. */
const partsOf = (sentence: string): string[] => sentence.split(/\{(\w+)\}/)

/** The fillings with which a sentence goes on with `text` from the beginning of part `place`. */
function* fillings(
  parts: readonly string[],
  place: number,
  text: string,
  closes: Lie['closes'],
  filled: Filling = {},
): Generator<Filling> {
  const part = parts[place]
  const isAnywhere = closes === 'anywhere'
  if (part === undefined || (text === '' && isAnywhere)) {
    if (text === '') yield filled
  } else if (place % 2 === 0) {
    if (text.startsWith(part)) yield* fillings(parts, place + 1, text.slice(part.length), closes, filled)
    else if (isAnywhere && part.startsWith(text)) yield filled
  } else {
    if (isAnywhere) yield { ...filled, [part]: escaped(text) + anything }
    for (let end = 0; end <= text.length; end++)
      yield* fillings(parts, place + 1, text.slice(end), closes, {
        ...filled,
        [part]: escaped(text.slice(0, end)),
      })
  }
}

/** The fillings with which a sentence has `text`; not where it lies in one hole, which is alike in all languages. */
function* everyFilling(parts: readonly string[], text: string, { opens, closes }: Lie): Generator<Filling> {
  if (opens === 'beginning') {
    yield* fillings(parts, 0, text, closes)
    return
  }
  for (const [place, part] of parts.entries())
    if (place % 2 === 0)
      for (let start = 0; start < part.length; start++)
        yield* fillings([part.slice(start), ...parts.slice(place + 1)], 0, text, closes)
    else
      for (let end = 1; end < text.length; end++)
        yield* fillings(parts, place + 1, text.slice(end), closes, {
          [part]: anything + escaped(text.slice(0, end)),
        })
}

/** Patterns of the stored sentences that are told with `text`. */
const sentencesWith = (text: string, lie: Lie): string[] =>
  reasonSentences.flatMap(({ en, zh }) => {
    const told = partsOf(zh).map((part, place) => (place % 2 === 0 ? part.toLowerCase() : part))
    return [...everyFilling(told, text, lie)].map((filled) =>
      partsOf(en)
        .map((part, place) => (place % 2 === 0 ? escaped(part) : (filled[part] ?? anything)))
        .join(''),
    )
  })

/** A text that may lie in the sentences in more ways has nothing but their punctuation, over and over. */
const mostWays = 200

const begin = '(?:^|; )'
const end = '(?:; |$)'

/** `text` as the end of one sentence, whole sentences, and the beginning of one; what is not ours is taken literally. */
function severalSentences(text: string): string[] {
  const pieces = text.split(/；|; /)
  if (pieces.length < 2) return []
  const patterns = pieces.map((piece, index) => {
    const isFirst = index === 0
    const isLast = index === pieces.length - 1
    const known = sentencesWith(piece, {
      opens: isFirst ? 'anywhere' : 'beginning',
      closes: isLast ? 'anywhere' : 'end',
    })
    return anyOf([...known.map((one) => `${isFirst ? begin : ''}${one}${isLast ? end : ''}`), escaped(piece)])
  })
  return [patterns.join('; ')]
}

/**
 * A pattern (RE2, to be used without regard to case) of the stored reasons that `reasonIn` tells in Chinese with
 * `text` in them, and whose English text alone does not show it. Undefined where no sentence of ours has it.
 */
export function reasonPattern(text: string): string | undefined {
  const sought = text.toLowerCase()
  if (sought === '') return undefined
  const within = sentencesWith(sought, { opens: 'anywhere', closes: 'anywhere' }).filter(
    (pattern) => !pattern.includes(escaped(sought)),
  )
  if (within.length > mostWays) return undefined
  const patterns = [
    ...(within.length > 0 ? [`${begin}${anyOf(within)}${end}`] : []),
    ...severalSentences(sought),
  ]
  return patterns.length > 0 ? anyOf(patterns) : undefined
}
