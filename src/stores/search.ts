import type { Tasklet } from '../core/tasklet.ts'

/** One word of a search, in the form that `wordsOf` gives. */
export interface SearchWord {
  readonly word: string
  /** Words that begin with it match too. */
  readonly isPrefix: boolean
}

/** The words of a search text: each of them must occur. */
export function toSearch(text: string): SearchWord[] {
  return text.split(/\s+/u).flatMap((part) => {
    const words = wordsOf(part)
    return words.map((word, index) => ({
      word,
      isPrefix: part.endsWith('*') && index === words.length - 1,
    }))
  })
}

/** What can be searched of a record: keys and values of its input, its error, its tags. */
export function searchText({ input, error, tags }: Tasklet): string {
  const parts: string[] = [...tags]
  collect(input, parts)
  for (let cause = error; cause !== undefined; cause = cause.cause) {
    parts.push(cause.kind, cause.message)
  }
  return parts.join('\n')
}

export function matchesSearch(tasklet: Tasklet, search: readonly SearchWord[]): boolean {
  const words = new Set(wordsOf(searchText(tasklet)))
  return search.every(
    ({ word, isPrefix }) =>
      words.has(word) || (isPrefix && [...words].some((one) => one.startsWith(word))),
  )
}

/** Runs of letters and digits, without case and accents. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.match(/[\p{L}\p{N}]+/gu) ?? []
}

function collect(value: unknown, parts: string[]): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      if (!Array.isArray(value)) parts.push(key)
      collect(part, parts)
    }
  } else if (value !== undefined && value !== null) {
    parts.push(String(value))
  }
}
