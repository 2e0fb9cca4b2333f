import { z } from 'zod'
import { terms } from '../../runtime/envelope/values.ts'
import { PROBLEMS } from '../http/problem.ts'

const codes = Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[]

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(
        z.object({
          in: z.enum(['path', 'query', 'header', 'body']),
          path: z.string(),
          message: z.string(),
          suggestion: z.string().optional(),
        }),
      )
      .optional(),
  })
  .register(terms, {
    id: 'Problem',
    description: 'Why a request was refused (RFC 9457); docs/errors.md has an entry for each code.',
  })
