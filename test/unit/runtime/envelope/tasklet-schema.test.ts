import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { envelopeJsonSchema, toEnvelope } from '../../../../src/runtime/envelope/envelope.ts'
import { FULL, RECORDS } from './messages.ts'

describe('the published schema', () => {
  it('takes every record, and refuses what is read as malformed', () => {
    const published = z.fromJSONSchema(envelopeJsonSchema())
    fc.assert(
      fc.property(RECORDS, (record) => {
        expect(published.safeParse(JSON.parse(JSON.stringify(toEnvelope(record)))).success).toBe(
          true,
        )
      }),
    )
    for (const wrong of [
      { setpoint: 2, tasklet: FULL },
      { setpoint: 1, tasklet: { ...FULL, status: 'lost' } },
      { setpoint: 1, submission: { task: 'fire' } },
    ]) {
      expect(published.safeParse(JSON.parse(JSON.stringify(wrong))).success).toBe(false)
    }
  })
})
