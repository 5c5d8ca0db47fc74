/** Characters that are as wide as two Latin ones. */
const isWide = (character: string) =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\p{Emoji_Presentation}]/u.test(
    character,
  )

/** A text that is no wider than so many columns, a Latin letter being one and a Chinese character two. */
export function shortened(text: string, columns: number): string {
  let [width, kept] = [0, '']
  for (const character of text) {
    width += isWide(character) ? 2 : 1
    if (width > columns) return `${kept.trimEnd()}…`
    kept += character
  }
  return text
}
