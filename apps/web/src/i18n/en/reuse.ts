export const reuse = {
  'environments.title': 'Environments',
  'environments.help':
    'An environment holds values of the parameters: one for tests, one for production. It is kept beside the flow and is no part of its versions.',
  'environments.add': 'New environment',
  'environments.name': 'Name',
  'environments.example': 'Production',
  'environments.default': 'Default: {value}',
  'environments.noParameters': 'The flow has no parameters yet. Add one under “Flow parameters”.',
  'environments.delete': 'Delete {name}',
  'environments.save': 'Save',
  'environments.one': 'Environment',
  'environments.defaults': 'None: the defaults',
  'environments.edit': 'Edit environments',
} as const
