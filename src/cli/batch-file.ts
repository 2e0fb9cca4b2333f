import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { InputError } from '../core/errors.ts'
import { formatDiagnostic } from '../plan/diagnostic.ts'
import { toDiagnostic } from '../plan/finding.ts'
import { findShapeMistakes } from '../plan/schema/findings.ts'
import { Count, closed, DurationValue, PriorityValue } from '../plan/schema/values.ts'
import { parseSource, type Source } from '../plan/source/source.ts'
import type { BatchEntry } from '../runtime/intake/batch.ts'
import { readStdin } from './input.ts'
import type { Io } from './io.ts'

const Text = z.string().min(1, { error: 'expected a text that is not empty' })
const Keyed = closed({ key: Text, period: DurationValue })

const OptionsSchema = closed({
  priority: PriorityValue.optional(),
  queue: Text.optional(),
  delay: DurationValue.optional(),
  onDependencyFailure: z.enum(['fail', 'cancel', 'run']).optional(),
  idempotencyKey: Text.optional(),
  unique: closed({
    key: Text,
    period: z.union([z.literal('unsettled'), DurationValue]).optional(),
    keepLast: z.boolean().optional(),
  }).optional(),
  debounce: Keyed.optional(),
  throttle: Keyed.optional(),
  group: Text.optional(),
  timeout: DurationValue.optional(),
  expiresAfter: DurationValue.optional(),
  retry: closed({ attempts: Count.optional() }).optional(),
  tags: z.array(Text).optional(),
  initialContext: z.unknown().optional(),
  traceId: Text.optional(),
  traceparent: Text.optional(),
  estimatedDuration: DurationValue.optional(),
})

const BatchSchema = z.array(
  closed({
    key: Text,
    task: Text,
    input: z.unknown().optional(),
    dependsOn: z.union([z.array(Text), z.record(z.string(), Text)]).optional(),
    options: OptionsSchema.optional(),
  }),
)

/** An entry that names its task by its full name. */
export type FileEntry = BatchEntry & { readonly task: string }

/**
 * The entries of a YAML or JSON file; `-` is standard input.
 * @throws {InputError} with everything that is wrong, each with line and column.
 */
export async function readBatch(file: string, stdin: Io['stdin']): Promise<readonly FileEntry[]> {
  const name = file === '-' ? 'standard input' : file
  const source = parseSource(name, await readText(file, stdin))
  const findings = source.diagnostics.length > 0 ? [] : findShapeMistakes(BatchSchema, source.value)
  const diagnostics = [
    ...source.diagnostics,
    ...findings.map((finding) => toDiagnostic(finding, locateIn(source))),
  ]
  if (diagnostics.length > 0) {
    const shown = diagnostics.map((each) => formatDiagnostic(each, source.text))
    throw new InputError(`nothing was submitted, because of this:\n${shown.join('\n')}`)
  }
  // The schema accepts nothing else, but leaves open whether what is missing is there as undefined.
  return BatchSchema.parse(source.value) as readonly FileEntry[]
}

function locateIn(source: Source): Parameters<typeof toDiagnostic>[1] {
  return (path, at) => ({ file: source.file, ...source.locate(path, at) })
}

async function readText(file: string, stdin: Io['stdin']): Promise<string> {
  if (file === '-') return readStdin(stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InputError(`--batch ${file} cannot be read: ${reason}`, { cause })
  }
}
