/** Learned pairs of a byte-pair tokeniser, in the order in which they are merged. */
export interface Vocabulary {
  readonly merges: readonly string[]
  /** Tokens of the text before and after the merges. */
  readonly before: number
  readonly after: number
}

/** Learns a tokeniser from a text: again and again the most frequent pair becomes one token. */
export function learnTokens(text: string, merges: number): Vocabulary {
  const learned: string[] = []
  let tokens = [...text]
  const before = tokens.length
  while (learned.length < merges) {
    const pair = mostFrequentPair(tokens)
    if (pair === undefined) break
    learned.push(pair.join(''))
    tokens = merge(tokens, pair)
  }
  return { merges: learned, before, after: tokens.length }
}

/** Undefined when none occurs twice. Of equally frequent ones, the first in the text. */
function mostFrequentPair(tokens: readonly string[]): readonly [string, string] | undefined {
  const counts = new Map<string, { count: number; readonly pair: readonly [string, string] }>()
  for (let at = 1; at < tokens.length; at += 1) {
    const pair = [tokens[at - 1] ?? '', tokens[at] ?? ''] as const
    const key = JSON.stringify(pair)
    const seen = counts.get(key)
    if (seen === undefined) counts.set(key, { count: 1, pair })
    else seen.count += 1
  }
  let best: { count: number; pair: readonly [string, string] } | undefined
  for (const candidate of counts.values()) {
    if (candidate.count > (best?.count ?? 1)) best = candidate
  }
  return best?.pair
}

function merge(tokens: readonly string[], [left, right]: readonly [string, string]): string[] {
  const merged: string[] = []
  for (const token of tokens) {
    if (token === right && merged.at(-1) === left) merged[merged.length - 1] = left + right
    else merged.push(token)
  }
  return merged
}
