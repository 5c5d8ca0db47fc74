import { useEffect } from 'react'
import { type CommandTarget, commandFor } from '../../editor/commands.ts'
import { useView } from '../../editor/view-store.ts'

const isField = (element: Element) =>
  element.matches('input, textarea, select, [contenteditable="true"], [contenteditable=""]')

/** Runs commands by their keys, except where the key belongs to what has the focus. */
export function useShortcuts(target: CommandTarget): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target: element } = event
      if (event.defaultPrevented || !(element instanceof Element)) return
      if (useView.getState().overlay !== null || element.closest('[role="dialog"], [role="menu"]')) return
      const found = commandFor(event)
      if (!found) return
      const isModified = event.ctrlKey || event.metaKey
      const inField = isField(element)
      // In a field, only what fields do not know themselves.
      if (inField && !(isModified && ['run', 'commands'].includes(found.id))) return
      const onCanvas = element === document.body || element.closest('.react-flow') !== null
      // Tab must go on moving the focus everywhere else, and copying must go on copying texts.
      if (event.key === 'Tab' && (!onCanvas || element.closest('.react-flow__node') === null)) return
      const isLetter = !isModified && /^[a-z]$/i.test(event.key)
      if (!onCanvas && (isLetter || ['copy', 'cut', 'delete', 'selectAll'].includes(found.id))) return
      if (found.id === 'copy' && window.getSelection()?.toString()) return
      event.preventDefault()
      if (found.enabled()) void found.run(target)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [target])
}
