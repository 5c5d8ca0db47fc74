import { useEffect } from 'react'
import { pastedText } from '../../editor/clipboard.ts'
import { type CommandTarget, command, commandFor } from '../../editor/commands.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'

/** Where keys write; a switch has no undo of its own. */
const isField = (element: Element) =>
  element.matches(
    'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"], [contenteditable=""]',
  )

const isElsewhere = (element: Element) =>
  useView.getState().overlay !== null || element.closest('[role="dialog"], [role="menu"]') !== null

const paste = command('paste')

/**
 * Runs commands by their keys, except where the key belongs to what has the focus. The text that is pasted by
 * keys comes with the browser's own event, for which nobody must be asked for leave.
 */
export function useShortcuts(target: CommandTarget): void {
  const { label } = useText()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target: element } = event
      if (event.defaultPrevented || !(element instanceof Element)) return
      if (isElsewhere(element)) return
      const found = commandFor(event)
      if (!found || found.id === paste.id) return
      const isModified = event.ctrlKey || event.metaKey
      const inField = isField(element)
      // In a field, only what fields do not know themselves.
      if (inField && found.keys !== 'fields') return
      const onCanvas = element === document.body || element.closest('.react-flow') !== null
      // Tab must go on moving the focus everywhere else, and copying must go on copying texts.
      if (event.key === 'Tab' && (!onCanvas || element.closest('.react-flow__node') === null)) return
      const isLetter = !isModified && /^[a-z]$/i.test(event.key)
      if (!onCanvas && (isLetter || found.keys === 'canvas')) return
      // A text that is marked is what is copied.
      if (found.keys === 'canvas' && isModified && window.getSelection()?.toString()) return
      const isEnabled = found.enabled()
      // Esc means something else where nothing can be closed.
      if (!isEnabled && event.key === 'Escape') return
      event.preventDefault()
      if (isEnabled) void found.run(target)
      else if (found.needs) announce(label(found.needs))
    }
    const onPaste = (event: ClipboardEvent) => {
      const { target: element } = event
      if (!(element instanceof Element) || isField(element) || isElsewhere(element)) return
      const given = pastedText(event.clipboardData?.getData('text/plain') ?? '')
      event.preventDefault()
      void paste.run({ ...target, readClipboard: () => Promise.resolve(given) })
    }
    window.addEventListener('keydown', onKey)
    window.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('paste', onPaste)
    }
  }, [target, label])
}
