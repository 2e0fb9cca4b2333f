/** A part of a string: text as it is, or an expression. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly at: number }

export const OPENING = '${{'
const ESCAPED = '$${{'

/**
 * The parts of a string. `$${{` stands for `${{` itself. `unclosed`: the offset of a `${{` without
 * its `}}`.
 */
export function toParts(source: string): { parts: readonly Part[]; unclosed: number | undefined } {
  const parts: Part[] = []
  let text = ''
  let position = 0
  for (;;) {
    const opening = source.indexOf(OPENING, position)
    if (opening === -1) break
    if (source.startsWith(ESCAPED, opening - 1) && opening > position) {
      text += source.slice(position, opening - 1) + OPENING
      position = opening + OPENING.length
      continue
    }
    const from = opening + OPENING.length
    const to = endOf(source, from)
    if (to === undefined) return { parts, unclosed: opening }
    text += source.slice(position, opening)
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
    parts.push({ kind: 'expression', text: source.slice(from, to), at: from })
    position = to + 2
  }
  text += source.slice(position)
  if (text !== '') parts.push({ kind: 'text', text })
  return { parts, unclosed: undefined }
}

/** Where the `}}` stands that closes an expression: not one inside a text or a map. */
function endOf(source: string, from: number): number | undefined {
  let depth = 0
  let position = from
  while (position < source.length) {
    const character = source[position]
    if (character === '"' || character === "'") {
      position = afterText(source, position)
      continue
    }
    if (character === '{') depth++
    if (character === '}') {
      if (depth === 0 && source[position + 1] === '}') return position
      depth = Math.max(0, depth - 1)
    }
    position++
  }
  return undefined
}

/** The position after a text in quotes; the end of the source when it is not closed. */
function afterText(source: string, from: number): number {
  const quote = source.charAt(from)
  const closing = source.startsWith(quote.repeat(3), from) ? quote.repeat(3) : quote
  const raw = /[rR]/.test(source.charAt(from - 1))
  let position = from + closing.length
  while (position < source.length) {
    if (source.startsWith(closing, position)) return position + closing.length
    position += source[position] === '\\' && !raw ? 2 : 1
  }
  return source.length
}
