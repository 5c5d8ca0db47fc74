import type { SaxesTagNS } from 'saxes'
import { uniqueNames } from '../../model/column.ts'
import { decodeName } from './names.ts'
import { XmlFault } from './reader.ts'

/** The column of a row's own text. */
export const textName = '#text'

/** Columns that a file may have. */
const mostShapes = 20_000

const instance = 'http://www.w3.org/2001/XMLSchema-instance'
const declarations = 'http://www.w3.org/2000/xmlns/'

/** A name with its namespace, however it is written in the document. */
interface QualifiedName {
  readonly uri: string
  readonly local: string
  readonly prefix: string
}

const keyOf = ({ uri, local }: QualifiedName): string => (uri === '' ? local : `${uri} ${local}`)

/** An attribute that elements of a shape were seen to have. */
export interface Attribute {
  readonly name: QualifiedName
  /** The column of its value; -1: it is a part of a list. */
  column: number
}

/** All that the elements of one path inside the rows were seen to have. */
export class Shape {
  readonly name: QualifiedName
  readonly attributes = new Map<string, Attribute>()
  readonly children = new Map<string, Shape>()
  /** It was seen more than once under one parent. */
  repeated = false
  hasText = false
  /** The column of its text, or of its list; -1: none. */
  column = -1
  /** The very parent in which it was seen last; each reader of rows has its own objects for them. */
  lastParent: object | undefined

  constructor(name: QualifiedName) {
    this.name = { uri: name.uri, local: name.local, prefix: name.prefix }
  }

  /** Whether its text is a value; an element with parts only has none. */
  get isText(): boolean {
    return this.hasText || (this.attributes.size === 0 && this.children.size === 0)
  }
}

/** The attributes that are data: no namespace declarations, no hints for schema validators. */
export function dataAttributes(tag: SaxesTagNS): SaxesTagNS['attributes'][string][] {
  return Object.values(tag.attributes).filter(
    ({ uri, local }) => uri !== declarations && !(uri === instance && local !== 'type'),
  )
}

/** Whether an element says of itself that its value is missing. */
export const isNil = (tag: SaxesTagNS): boolean =>
  Object.values(tag.attributes).some(
    ({ uri, local, value }) =>
      uri === instance && local === 'nil' && (value.trim() === 'true' || value.trim() === '1'),
  )

/** Learns the shape of rows from their elements, in document order. */
export class ShapeRecorder {
  readonly root: Shape
  readonly #stack: { readonly shape: Shape }[] = []
  #shapes = 0

  constructor() {
    this.root = new Shape({ uri: '', local: '', prefix: '' })
  }

  open(tag: SaxesTagNS): void {
    const parent = this.#stack.at(-1)
    let shape = this.root
    if (parent) {
      const key = keyOf(tag)
      const known = parent.shape.children.get(key)
      shape = known ?? new Shape(tag)
      if (!known) {
        this.#count()
        parent.shape.children.set(key, shape)
      }
      if (shape.lastParent === parent) shape.repeated = true
      shape.lastParent = parent
    }
    for (const name of dataAttributes(tag)) {
      const key = keyOf(name)
      if (shape.attributes.has(key)) continue
      this.#count()
      shape.attributes.set(key, { name, column: -1 })
    }
    this.#stack.push({ shape })
  }

  text(text: string): void {
    const shape = this.#stack.at(-1)?.shape
    if (shape && !shape.hasText && text.trim() !== '') shape.hasText = true
  }

  close(): void {
    this.#stack.pop()
  }

  #count(): void {
    if (++this.#shapes > mostShapes)
      throw new XmlFault(`its rows have more than ${mostShapes} different elements and attributes`)
  }
}

export const childOf = (shape: Shape, tag: SaxesTagNS): Shape | undefined => shape.children.get(keyOf(tag))
export const attributeOf = (shape: Shape, name: QualifiedName) => shape.attributes.get(keyOf(name))

/** Local names; where two namespaces have the same one, with the prefix that tells them apart. */
export function namesAmong(names: readonly QualifiedName[]): string[] {
  const uris = new Map<string, Set<string>>()
  for (const { local, uri } of names) uris.set(local, (uris.get(local) ?? new Set()).add(uri))
  return names.map(({ local, prefix }) => {
    const name = decodeName(local)
    return (uris.get(local)?.size ?? 0) > 1 && prefix !== '' ? `${prefix}:${name}` : name
  })
}

/** A column that rows of a shape have. */
interface Found {
  readonly name: string
  readonly type: string
}

/** Numbers the columns of a shape in order of first appearance, and names them without repeating a name. */
export function layColumns(root: Shape): Found[] {
  const found: Found[] = []
  const add = (name: string, type = 'VARCHAR') => found.push({ name, type }) - 1
  const visit = (shape: Shape, path: string): void => {
    const inside = path === '' ? '' : `${path}.`
    if (shape.repeated) {
      shape.column = add(path, 'JSON')
      return
    }
    if (shape.isText) shape.column = add(path === '' ? textName : path)
    const attributes = [...shape.attributes.values()]
    const attributeNames = namesAmong(attributes.map(({ name }) => name))
    attributes.forEach((attribute, index) => {
      attribute.column = add(`${inside}@${attributeNames[index]}`)
    })
    const children = [...shape.children.values()]
    const childNames = namesAmong(children.map(({ name }) => name))
    children.forEach((child, index) => {
      visit(child, `${inside}${childNames[index]}`)
    })
  }
  visit(root, '')
  const names = uniqueNames(found.map(({ name }) => name))
  return found.map(({ type }, index) => ({ name: names[index] ?? '', type }))
}
