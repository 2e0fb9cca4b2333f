const BARS = '▁▂▃▄▅▆▇█'

/** One bar for each number ≥ 0, the tallest for the largest; nothing at all is a flat line. */
export function sparkline(numbers: readonly number[], largest = Math.max(0, ...numbers)): string {
  return numbers
    .map((number) => {
      if (largest === 0 || number === 0) return BARS[0]
      const level = Math.ceil((number / largest) * (BARS.length - 1))
      return BARS[Math.min(BARS.length - 1, level)]
    })
    .join('')
}
