import { z } from 'zod'
import { toMilliseconds } from '../../core/duration.ts'
import { STATUSES } from '../../core/status.ts'
import { duration, terms } from '../../runtime/envelope/values.ts'

const LONGEST_NAME = 256

/** A name or id: bounded, on one line. */
export const name = z
  .string()
  .min(1)
  .max(LONGEST_NAME)
  .refine((text) => !/\p{Cc}/u.test(text), 'holds a control character')

/** A query parameter is a text; these say what it stands for. */
const digits = (text: string) => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text)

export function number(min: number, max: number) {
  return z.string().transform(digits).pipe(z.int().min(min).max(max))
}

export const flag = z
  .string()
  .transform((text) => ({ true: true, false: false })[text] ?? text)
  .pipe(z.boolean())

/** Milliseconds in the end. */
export const span = z.string().transform(digits).pipe(duration)

/** Several in one text with commas between, or the parameter several times. */
export const statuses = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? given.split(',') : given))
  .pipe(z.array(z.enum(STATUSES)).max(STATUSES.length))

const MOST_STATES = 64

/** Paths of states that are active together: the parameter once for each. */
export const states = z
  .union([name, z.array(name)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .pipe(z.array(name).max(MOST_STATES))

export const moment = z
  .string()
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))
  .pipe(
    z.number({
      error: 'neither milliseconds since the epoch nor a time like 2030-01-31T08:00:00Z',
    }),
  )
  .register(terms, { description: 'Milliseconds since the epoch, or ISO 8601.' })

const LONGEST_TEXT = 1024
export const words = z.string().min(1).max(LONGEST_TEXT)

export const cursor = z
  .string()
  .min(1)
  .max(LONGEST_TEXT)
  .register(terms, { description: 'From the page before, with the same filter.' })

export const reason = z
  .string()
  .min(1)
  .max(LONGEST_TEXT)
  .register(terms, { description: 'Kept in the record, for people.' })

/** Refuses a duration that is longer than the most. */
export function upTo(most: string) {
  return z.refine<number | string>((value) => toMilliseconds(value) <= toMilliseconds(most), {
    error: `${most} at most`,
  })
}

export const idParams = z.strictObject({ id: name })
export const nameParams = z.strictObject({ name })
