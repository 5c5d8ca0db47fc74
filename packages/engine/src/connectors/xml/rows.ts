import type { SaxesTagNS } from 'saxes'
import { uniqueNames } from '../../model/column.ts'
import type { Value } from '../../sql/index.ts'
import { largestPiece, XmlFault, type XmlHandler } from './reader.ts'
import type { RowMatcher } from './row-path.ts'
import {
  type Attribute,
  attributeOf,
  childOf,
  dataAttributes,
  isNil,
  namesAmong,
  type Shape,
  textName,
} from './shape.ts'

/** Follows the rows of a document: `open`, `text` and `close` reach `inside` only within a row. */
export function withinRows(
  matcher: RowMatcher,
  most: number,
  inside: {
    open(tag: SaxesTagNS, line: number): void
    text(text: string): void
    close(): void
  },
): XmlHandler & { readonly rows: number } {
  let depth = 0
  let size = 0
  let rows = 0
  const grow = (by: number) => {
    size += by
    if (size > largestPiece) throw new XmlFault('one row has more than 16 million characters')
  }
  const enough = () => rows >= most
  return {
    open(tag, line) {
      // Asked for every element, as the matcher has to know where it is.
      const isRow = matcher.open(tag)
      if (depth === 0) {
        if (!isRow || enough()) return
        rows++
        size = 0
      }
      depth++
      grow(tag.name.length + 16)
      for (const { value, name } of Object.values(tag.attributes)) grow(name.length + value.length)
      inside.open(tag, line)
    },
    text(text) {
      if (depth === 0) return
      grow(text.length)
      inside.text(text)
    },
    close() {
      matcher.close()
      if (depth === 0) return
      depth--
      inside.close()
    },
    get rows() {
      return rows
    },
    get done() {
      return depth === 0 && enough()
    },
  }
}

/** An element of the row that is being read. */
interface Part {
  readonly shape: Shape
  readonly nil: boolean
  readonly attributes: readonly { readonly attribute: Attribute | undefined; readonly value: string }[]
  readonly children: Part[]
  text: string
}

/** Names of a shape's children inside a JSON object, and of its attributes. */
interface Members {
  readonly children: ReadonlyMap<Shape, string>
  readonly attributes: ReadonlyMap<Attribute, string>
}

/** Makes rows of cells from elements whose shape is known, until one has another shape. */
export class RowBuilder {
  readonly #root: Shape
  readonly #width: number
  readonly #file: string
  readonly #stack: (Part | undefined)[] = []
  readonly #members = new Map<Shape, Members>()
  #line = 0
  #rows: Value[][] = []
  #strange = false

  /** `width`: columns that `layColumns` has numbered. `file`: what `__mr_file` says. */
  constructor(root: Shape, width: number, file: string) {
    this.#root = root
    this.#width = width
    this.#file = file
  }

  get gathered(): number {
    return this.#rows.length
  }

  /** True once an element did not have the shape that was learnt; the rows from there on are no good. */
  get strange(): boolean {
    return this.#strange
  }

  /** The rows since it was called last. */
  take(): Value[][] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(tag: SaxesTagNS, line: number): void {
    if (this.#strange) return
    const parent = this.#stack.at(-1)
    if (!parent) this.#line = line
    const shape = parent ? childOf(parent.shape, tag) : this.#root
    if (!shape || (parent && !shape.repeated && shape.lastParent === parent)) {
      this.#strange = true
      return
    }
    const attributes = dataAttributes(tag).map((name) => {
      const attribute = attributeOf(shape, name)
      if (!attribute) this.#strange = true
      return { attribute, value: name.value }
    })
    const part: Part = { shape, nil: isNil(tag), attributes, children: [], text: '' }
    shape.lastParent = parent
    parent?.children.push(part)
    this.#stack.push(part)
  }

  text(text: string): void {
    const part = this.#stack.at(-1)
    if (part) part.text += text
  }

  close(): void {
    const part = this.#stack.pop()
    if (part && !part.shape.hasText && part.text.trim() !== '') this.#strange = true
    if (!part || this.#stack.length > 0 || this.#strange) return
    const cells: Value[] = new Array<Value>(this.#width).fill(null)
    this.#fill(part, cells)
    cells.push(this.#file, BigInt(this.#line))
    this.#rows.push(cells)
  }

  #fill(part: Part, cells: Value[]): void {
    for (const { attribute, value } of part.attributes) if (attribute) cells[attribute.column] = value
    if (part.shape.column >= 0) cells[part.shape.column] = textOf(part)
    let lists: Map<Shape, string[]> | undefined
    for (const child of part.children) {
      if (!child.shape.repeated) {
        this.#fill(child, cells)
        continue
      }
      lists ??= new Map()
      const list = lists.get(child.shape)
      if (list) list.push(this.#json(child))
      else lists.set(child.shape, [this.#json(child)])
    }
    for (const [shape, list] of lists ?? []) cells[shape.column] = `[${list.join(',')}]`
  }

  /** An element of a list: a text, or an object where elements of its shape have parts. */
  #json(part: Part): string {
    const { shape } = part
    const text = textOf(part)
    if (shape.attributes.size === 0 && shape.children.size === 0) return JSON.stringify(text)
    const names = this.#membersOf(shape)
    const members = part.attributes.map(({ attribute, value }) =>
      member((attribute && names.attributes.get(attribute)) ?? '', JSON.stringify(value)),
    )
    if (shape.hasText && text !== null) members.push(member(textName, JSON.stringify(text)))
    const values = new Map<Shape, string[]>()
    for (const child of part.children) {
      const list = values.get(child.shape)
      if (list) list.push(this.#json(child))
      else values.set(child.shape, [this.#json(child)])
    }
    for (const [child, list] of values)
      members.push(
        member(names.children.get(child) ?? '', child.repeated ? `[${list.join(',')}]` : (list[0] ?? 'null')),
      )
    return `{${members.join(',')}}`
  }

  #membersOf(shape: Shape): Members {
    const known = this.#members.get(shape)
    if (known) return known
    const attributes = [...shape.attributes.values()]
    const children = [...shape.children.values()]
    const keys = uniqueNames([
      ...namesAmong(attributes.map(({ name }) => name)).map((name) => `@${name}`),
      ...namesAmong(children.map(({ name }) => name)),
    ])
    const members: Members = {
      attributes: new Map(attributes.map((attribute, index) => [attribute, keys[index] ?? ''])),
      children: new Map(children.map((child, index) => [child, keys[attributes.length + index] ?? ''])),
    }
    this.#members.set(shape, members)
    return members
  }
}

const member = (key: string, json: string): string => `${JSON.stringify(key)}:${json}`

/** Texts stand as they are; around and between child elements only what is not white space counts. */
function textOf({ nil, children, text, shape }: Part): string | null {
  if (nil) return null
  if (children.length === 0 && shape.children.size === 0) return text
  const trimmed = text.trim()
  return trimmed === '' && children.length > 0 ? null : trimmed
}
