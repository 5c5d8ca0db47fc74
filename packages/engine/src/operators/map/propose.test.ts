import { describe, expect, it } from 'vitest'
import { type MappedColumn, proposeMapping } from './propose.ts'
import { dictionaryNames } from './synonyms.ts'

const columns = (...names: string[]): MappedColumn[] => names.map((name) => ({ name }))
const pairs = (sources: readonly MappedColumn[], targets: readonly MappedColumn[]) =>
  proposeMapping(sources, targets).map(({ source, target, because }) => [
    sources[source]?.name,
    targets[target]?.name,
    because,
  ])
const one = (source: string, target: string) => pairs(columns(source), columns(target))[0]?.[2]

describe('proposals for a mapping', () => {
  it.each([
    ['Customer Name', 'customer_name', 'sameName'],
    ['custName', 'CUST-NAME', 'sameName'],
    ['客户名称', 'customer_name', 'synonym'],
    ['kehu_mingcheng', '客户名称', 'synonym'],
    ['kehuMingcheng', 'cust_name', 'synonym'],
    ['手机', 'mobile', 'synonym'],
    ['tel', 'phone', 'synonym'],
    ['cust_mobile', '手机号', 'synonym'],
    ['客户手机', 'Tel.', 'synonym'],
    ['下单时间', 'order_date', 'synonym'],
    ['beizhu', 'Remarks', 'synonym'],
    ['amout', 'amount', 'similarName'],
    ['order_amount_cny', 'order_amount', 'similarName'],
  ])('%s is %s', (source, target, because) => {
    expect(one(source, target)).toBe(because)
    expect(one(target, source)).toBe(because)
  })

  it.each([
    ['city', 'amount'],
    ['customer_id', 'customer_name'],
    ['first_name', 'last_name'],
    ['客户编号', '客户名称'],
    ['created_at', 'updated_at'],
    ['', 'name'],
    ['constructor', '__proto__'],
  ])('%s is not %s', (source, target) => {
    expect(one(source, target)).toBeUndefined()
  })

  it('knows phones and mail addresses by their values', () => {
    const phones = ['13800138000', null, '139 0013 8001', '+86 13700138002']
    expect(pairs([{ name: 'f7', samples: phones }], columns('手机号', 'email'))).toEqual([
      ['f7', '手机号', 'content'],
    ])
    const mails = ['a@b.cn', 'li.lei@example.com', 'x@y.org']
    expect(pairs([{ name: 'c1', samples: mails }], [{ name: 'k9', samples: mails }])).toHaveLength(1)
    expect(pairs([{ name: 'f7', samples: phones.slice(0, 2) }], columns('手机号'))).toEqual([])
  })

  it('gives each column to one other, the surest first', () => {
    const found = proposeMapping(
      columns('name', 'cust_name', '电话', 'x'),
      columns('客户名称', '姓名', 'mobile'),
    )
    expect(found.map(({ source, target }) => [source, target])).toEqual([
      [1, 0],
      [0, 1],
      [2, 2],
    ])
    for (const { confidence } of found) expect(confidence).toBeGreaterThan(0.8)
  })

  it('is less sure where types do not go together', () => {
    const sure = (type: string) =>
      proposeMapping([{ name: 'amount', type: 'DECIMAL(18,2)' }], [{ name: 'Amount', type }])[0]
        ?.confidence ?? 0
    expect(sure('DOUBLE')).toBeGreaterThan(sure('VARCHAR'))
    expect(sure('VARCHAR')).toBeGreaterThan(sure('DATE'))
  })

  it('has each name in the dictionary once', () => {
    expect(dictionaryNames.filter((name, index) => dictionaryNames.indexOf(name) < index)).toEqual([])
    expect(dictionaryNames).not.toContain('')
  })
})
