import { connectables, fieldsOf, isShown, secretsOf } from '@millrace/engine'
import { describe, expect, it } from 'vitest'
import { draftOf, isMoved, plainWidgets, secretsWanted } from './connection-draft.ts'

describe.each(connectables.map((connectable) => [connectable.name, connectable] as const))(
  'the form of %s',
  (_, connectable) => {
    const { settings, boundTo } = connectable.connection
    const fields = fieldsOf(settings)
    const stored = {
      id: 'stored',
      connector: connectable.name,
      name: 'Stored',
      description: { en: '', zh: '' },
      settings: draftOf(connectable, undefined).settings,
      secretsSet: secretsOf(connectable.connection),
      lastTest: null,
      usedBy: [],
      createdAt: '',
      updatedAt: '',
    }

    it('has a widget for each setting, none of which needs a flow', () => {
      const known: readonly string[] = [...plainWidgets, 'secret']
      expect(fields.map(({ name }) => name).toSorted()).toEqual(Object.keys(settings.shape).toSorted())
      expect(fields.filter(({ meta }) => !known.includes(meta.widget))).toEqual([])
    })

    it('begins with the defaults, and with no secret', () => {
      const draft = draftOf(connectable, undefined)
      expect(draft.secrets).toEqual({})
      for (const secret of secretsOf(connectable.connection))
        expect(draft.settings).not.toHaveProperty(secret)
      expect(fields.filter((field) => isShown(field, fields, draft.settings)).length).toBeGreaterThan(0)
    })

    it.each([...boundTo])('asks for the secrets again when %s changes, and for nothing else', (name) => {
      const draft = draftOf(connectable, stored)
      expect(isMoved(connectable, stored, draft)).toBe(false)
      expect(secretsWanted(connectable, stored, { ...draft, name: 'Another' })).toEqual([])
      const moved = { ...draft, settings: { ...draft.settings, [name]: 'elsewhere' } }
      expect(secretsWanted(connectable, stored, moved)).toEqual(stored.secretsSet)
      expect(secretsWanted(connectable, undefined, moved)).toEqual([])
    })
  },
)

it('there are forms', () => {
  expect(connectables.map(({ name }) => name)).toContain('postgres')
})
