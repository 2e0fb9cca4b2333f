export const FIRST_YEAR = 2020
export const LAST_YEAR = 2025

const DAYS_OF_A_MONTH = 28
const PAYERS = ['Ahorn & Co', 'Birke Ltd', 'Cedar SA', 'Eiche GmbH', 'Fichte BV']

/** The statement of a year as CSV: one booking a day, the same every time. Undefined: there is none. */
export function statementOf(year: number): Buffer | undefined {
  if (!Number.isInteger(year) || year < FIRST_YEAR || year > LAST_YEAR) return undefined
  const lines = Array.from({ length: 12 * DAYS_OF_A_MONTH }, (_, day) => booking(year, day))
  return Buffer.from(`date,payer,cents\n${lines.join('\n')}\n`)
}

function booking(year: number, day: number): string {
  const month = twoDigits(Math.floor(day / DAYS_OF_A_MONTH) + 1)
  const date = `${year}-${month}-${twoDigits((day % DAYS_OF_A_MONTH) + 1)}`
  return `${date},${PAYERS[(year + day) % PAYERS.length]},${((year * 31 + day * 7919) % 90_000) + 1000}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
