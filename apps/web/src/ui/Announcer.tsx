import { create } from 'zustand'

const useAnnouncement = create<{ text: string }>(() => ({ text: '' }))

/** Says a text to people who listen to the page. */
export const announce = (text: string): void => useAnnouncement.setState({ text })

export function Announcer() {
  const { text } = useAnnouncement()
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  )
}
