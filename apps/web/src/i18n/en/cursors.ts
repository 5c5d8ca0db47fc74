export const cursors = {
  'cursor.title': 'Read up to',
  'cursor.none': 'Not read yet: the next run reads from the beginning.',
  'cursor.isReset': 'Reset: the next run reads from the beginning.',
  'cursor.empty': 'empty',
  'cursor.byRun': 'Moved {at} by',
  'cursor.run': 'this run',
  'cursor.byHand': 'Moved {at} by hand',
  'cursor.edit': 'Edit …',
  'cursor.reset': 'Reset',
  'cursor.backfill': 'Backfill …',
  'cursor.editTitle': 'Move the position',
  'cursor.editText':
    'The next run reads the rows after this position. Rows before it are not read again; rows after it that were read already are read twice.',
  'cursor.save': 'Move',
  'cursor.movedMeanwhile': 'The position has moved in the meantime, to {position}.',
  'cursor.takeNew': 'Look at the new one',
  'cursor.resetTitle': 'Read everything again?',
  'cursor.resetText':
    'The next run reads this source from the beginning. A target that appends gets those rows a second time.',
  'cursor.backfillTitle': 'Backfill an interval',
  'cursor.backfillText':
    'A run reads the rows whose “{column}” lies between these values, both included, once more. The stored position stays where it is.',
  'cursor.from': 'From',
  'cursor.to': 'To',
  'cursor.backfillReplaces':
    'A target of this flow keeps only the rows of the last run: after a backfill it has those of the interval and no others.',
  'cursor.backfillDefaults': 'Parameters of the flow have their defaults.',
  'cursor.backfillDry': 'Dry run',
  'cursor.backfillRun': 'Backfill',
  'run.backfill': 'Backfill {from} – {to}',
} as const
