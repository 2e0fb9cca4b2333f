import type { ZodType } from 'zod'
import { SetpointError } from '../../core/errors.ts'
import { problemsOf } from '../problems.ts'

/**
 * What the schema makes of an output.
 * @throws {SetpointError} with code `invalid_output` for one that does not fit.
 */
export async function readOutput<Out extends ZodType>(schema: Out, output: unknown) {
  const parsed = await schema.safeParseAsync(output)
  if (parsed.success) return parsed.data
  throw new SetpointError('invalid_output', `output does not fit: ${problemsOf(parsed.error)}`)
}
