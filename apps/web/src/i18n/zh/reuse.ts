export const reuse = {
  'environments.title': '环境',
  'environments.help': '环境保存一组参数值，例如测试环境和生产环境。环境与流程一起保存，但不属于版本内容。',
  'environments.add': '新建环境',
  'environments.name': '名称',
  'environments.example': '生产环境',
  'environments.default': '默认值：{value}',
  'environments.noParameters': '流程还没有参数，请在“流程参数”中添加。',
  'environments.delete': '删除{name}',
  'environments.save': '保存',
  'environments.one': '环境',
  'environments.defaults': '无：使用默认值',
  'environments.edit': '编辑环境',
} as const
