/** Cents. @throws for a text that is no price, or one below nothing. */
export function parsePrice(text) {
  const match = /^(\d+)(?:\.(\d{2}))?$/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is not a price`)
  return Number(match[1]) * 100 + Number(match[2] ?? 0)
}
