import type { z } from 'zod'
import { parseTraceparent } from '../../core/trace-context.ts'
import type { SubmitOptions } from '../../runtime/intake/submission.ts'
import type { submitOptions } from '../schemas/tasklets.ts'
import { Problem } from './problem.ts'

type Given = z.infer<typeof submitOptions>

/** What headers say of a submission. */
interface Told {
  readonly idempotencyKey?: string | undefined
  readonly traceparent?: string | undefined
}

/** Options of the body, and what headers say, as the runtime takes them. */
export function toSubmitOptions(given: Given | undefined, told: Told = {}): SubmitOptions {
  const { runAt, ...options } = given ?? {}
  const at = typeof runAt === 'string' ? Date.parse(runAt) : runAt
  const idempotencyKey = oneOf(options.idempotencyKey, told.idempotencyKey)
  const traceparent = options.traceparent ?? usable(told.traceparent)
  // The schema is held against the type where it stands; it only says more of what is undefined.
  return {
    ...options,
    ...(at !== undefined && { runAt: at }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(traceparent !== undefined && { traceparent }),
  } as SubmitOptions
}

/** Whatever passes requests on may add the header: what is wrong with it is no fault of the client. */
function usable(traceparent: string | undefined): string | undefined {
  if (traceparent === undefined) return undefined
  return parseTraceparent(traceparent) === undefined ? undefined : traceparent
}

const LONGEST_KEY = 256

function oneOf(option: string | undefined, key: string | undefined): string | undefined {
  if (key === undefined) return option
  const fault = (message: string) =>
    new Problem('invalid_input', message, {
      errors: [{ in: 'header', path: 'Idempotency-Key', message }],
    })
  if (key === '' || key.length > LONGEST_KEY) {
    throw fault(`the header Idempotency-Key has to have 1 to ${LONGEST_KEY} characters`)
  }
  if (option === undefined || option === key) return key
  throw fault('the header Idempotency-Key and options.idempotencyKey differ: give one of them')
}
