export interface Review {
  readonly files: number
  readonly added: number
  readonly removed: number
}

/** More than that nobody reads. */
const MOST_LINES = 200

/**
 * Reads a change as `git diff --numstat` lists it: added lines, removed lines and a file.
 * @throws for one that no reviewer should be shown.
 */
export function reviewChange(numstat: string): Review {
  const files = numstat.split('\n').map((line) => {
    const [added, removed, file = ''] = line.split('\t')
    // A binary file has no lines.
    return { added: Number(added) || 0, removed: Number(removed) || 0, file }
  })
  const added = sum(files.map((each) => each.added))
  const removed = sum(files.map((each) => each.removed))
  if (!files.some(({ file }) => file.startsWith('test/'))) {
    throw new Error('the change comes without a test')
  }
  if (added + removed > MOST_LINES) {
    throw new Error(`the change has ${added + removed} lines, more than ${MOST_LINES}: divide it`)
  }
  return { files: files.length, added, removed }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
