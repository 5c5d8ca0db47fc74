export const guards = {
  'guard.title': 'Rows expected',
  'guard.minimum': 'At least',
  'guard.tolerance': 'Change at most',
  'guard.any': 'any',
  'guard.help':
    'With fewer rows, or more change against the median of the last five runs, a run waits before it writes until somebody releases it.',
  'guard.card': 'Rows are guarded: {rule}',
  'guard.atLeast': 'at least {minimum}',
  'guard.within': '± {tolerance} %',
  'retry.title': 'Retry',
  'retry.times': 'Times',
  'retry.wait': 'First wait',
  'retry.seconds': ' s',
  'retry.help':
    'When the system cannot be reached, is starting or is busy, the node begins its work there again; each wait is twice as long as the one before. Nothing is written twice.',
  'approval.label': 'Requires an approved dry run',
  'approval.help':
    'A run writes only what a dry run has shown and somebody has approved, and only while it would still change the same.',
  'approval.title': 'This flow writes only what was approved',
  'approval.text':
    'A dry run reads everything, writes nothing, and lists what would change. Approve it there, and exactly that is written.',
  'approval.start': 'Start dry run',
  'hold.title': 'The run is held: nothing is written until somebody decides',
  'hold.gives': 'gives {rows} {rows|row|rows}; expected {expected}.',
  'hold.atLeast': 'at least {least}',
  'hold.between': '{least} to {most}',
  'hold.usual': 'Usual are {usual}.',
  'hold.since': 'Held since {at}. Whoever opens this page may decide; the log notes who did.',
  'hold.release': 'Release and write',
  'hold.discard': 'Discard',
  'state.attempt': 'Attempt {attempt} of {attempts}',
  'state.held': 'Held',
} as const
