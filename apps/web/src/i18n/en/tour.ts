export const tour = {
  'nav.help': 'Help',
  'tour.start': 'Draw a first flow, step by step',
  'tour.shortcuts': 'Keyboard shortcuts',
  'tour.flowName': 'My first flow',
  'tour.offer.title': 'New here?',
  'tour.offer.text': 'Draw a first flow over example data, step by step. It takes three minutes.',
  'tour.offer.start': 'Show me',
  'tour.offer.later': 'Not now',
  'tour.skip': 'Leave the tour',
  'tour.next': 'Next',
  'tour.back': 'Back',
  'tour.back.hint': 'F6 goes to the tour.',
  'tour.finish': 'Finish',
  'tour.goThere': 'Go there',
  'tour.count': 'Step {step} of {steps}',
  'tour.source.title': 'Add a source',
  'tour.source.text':
    'A source reads rows: from a file or a system. Choose CSV among the sources of the palette.',
  'tour.source.keys': 'Keyboard: / on the canvas, type “CSV”, Enter.',
  'tour.file.title': 'Choose its file',
  'tour.file.text':
    'In the settings, choose customers.csv, or upload a file of your own. Its columns and types are read at once.',
  'tour.file.keys': 'Keyboard: Tab to the field File, arrow down, Enter.',
  'tour.data.title': 'Look at the data',
  'tour.data.text':
    'Here are the first rows at the chosen node, with types and a profile of each column. They follow you to every node.',
  'tour.data.keys': 'Keyboard: arrows move through the cells.',
  'tour.filter.title': 'Add a filter',
  'tour.filter.text':
    'Choose Filter in the palette. It is connected to the chosen node by itself; the plus at a port does the same.',
  'tour.filter.keys': 'Keyboard: / on the canvas, type “Filter”, Enter.',
  'tour.condition.title': 'Say which rows stay',
  'tour.condition.text':
    'Add a condition: a column, an operator, a value. The values that occur are offered, and the rows below show the result at once.',
  'tour.condition.keys': 'Keyboard: Tab to “Add condition”, Enter, then Tab from field to field.',
  'tour.target.title': 'Write the rows',
  'tour.target.text':
    'Choose CSV among the targets of the palette and give its file a name, first-flow.csv for example.',
  'tour.target.keys': 'Keyboard: / on the canvas, type “CSV”, choose the target, then Tab to the field File.',
  'tour.run.title': 'Run it',
  'tour.run.text': 'The whole file is read, filtered and written; rows are counted on every edge meanwhile.',
  'tour.run.keys': 'Keyboard: Ctrl+Enter.',
  'tour.ledger.title': 'Every row accounted for',
  'tour.ledger.text':
    'Rows in are rows out, filtered and rejected together. Open the run for its ledger: the same sum at every node, and every rejected row with its reason.',
  'tour.ledger.keys': 'This tour is in the help menu whenever you want it again.',
} as const
