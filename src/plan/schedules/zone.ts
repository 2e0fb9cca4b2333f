const DAY = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether this Node knows the IANA time zone. */
export function isTimezone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** Every IANA time zone that this Node lists; it also knows other names for them. */
export function timezones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
}

/**
 * The instant at which clocks of the zone show a local time, which is given as if it were UTC. One
 * that they never show, because they are put forward over it, is the instant at which they are; of
 * one that they show twice it is the first.
 */
export function toInstant(local: number, timezone: string): number {
  if (timezone === 'UTC') return local
  const before = offsetAt(local - DAY, timezone)
  const after = offsetAt(local + DAY, timezone)
  if (before === after) return local - before
  // The greater offset is the earlier instant.
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (offsetAt(local - offset, timezone) === offset) return local - offset
  }
  return changeBetween(local - after, local - before, timezone)
}

/**
 * The latest local time that clocks of the zone have shown up to the instant, as if it were UTC:
 * while they show an hour for the second time, the end of its first time (exclusive).
 */
export function latestLocal(instant: number, timezone: string): number {
  if (timezone === 'UTC') return instant
  const now = offsetAt(instant, timezone)
  const before = offsetAt(instant - DAY, timezone)
  const local = instant + now
  if (before <= now) return local
  const change = changeBetween(instant - DAY, instant, timezone)
  return Math.max(local, change + before - 1)
}

/** The first instant after `from`, up to `to`, at which the zone has the offset that it has at `to`. */
function changeBetween(from: number, to: number, timezone: string): number {
  const offset = offsetAt(to, timezone)
  let early = from
  let late = to
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    if (offsetAt(middle, timezone) === offset) late = middle
    else early = middle
  }
  return late
}

/** Milliseconds by which local time is ahead of UTC. */
function offsetAt(instant: number, timezone: string): number {
  const second = Math.floor(instant / 1000) * 1000
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timezone).formatToParts(second)) {
    parts[type] = Number(value)
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, seconds) - second
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timezone, format)
  return format
}
