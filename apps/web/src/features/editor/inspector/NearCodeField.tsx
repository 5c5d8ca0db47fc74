import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { CodeField } from './CodeField.tsx'
import styles from './inspector.module.css'

/** How far from what is in view a field becomes an editor, so that scrolling finds it ready. */
const margin = '400px'

/**
 * A `CodeField` that is an editor once it is nearly in view or has the focus, and its text until then: a form
 * may have hundreds, and editors for all of them at once take seconds.
 */
export function NearCodeField(props: ComponentProps<typeof CodeField>) {
  const { value, name, problems, placeholder, statement = false } = props
  const [near, setNear] = useState<'no' | 'seen' | 'focused'>('no')
  const text = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!text.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting))
          setNear((before) => (before === 'no' ? 'seen' : before))
      },
      { rootMargin: margin },
    )
    observer.observe(text.current)
    return () => observer.disconnect()
  }, [])
  if (near !== 'no')
    return (
      <CodeField
        {...props}
        onEditor={(view) => {
          if (near === 'focused') view?.focus()
          props.onEditor?.(view)
        }}
      />
    )
  return (
    <div className={styles['code']} data-faulty={problems.length > 0 || undefined}>
      {/* biome-ignore lint/a11y/useSemanticElements: it becomes the editor, which is a text box of this kind */}
      <div
        ref={text}
        role="textbox"
        tabIndex={0}
        aria-label={name}
        aria-multiline={statement}
        aria-placeholder={placeholder}
        className={styles['codeText']}
        onFocus={() => setNear('focused')}
      >
        {value}
      </div>
    </div>
  )
}
