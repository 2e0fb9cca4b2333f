import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileDeclaration } from '../../../../src/plan/compile.ts'
import { codeFromExports } from '../../../../src/plan/declaration.ts'
import { PlanError } from '../../../../src/plan/diagnostic.ts'
import { loadPlan } from '../../../../src/plan/load.ts'
import { parseSource } from '../../../../src/plan/source/source.ts'
import { writeFolder } from '../plan-folder.ts'

const original = await readFile(
  fileURLToPath(new URL('../../../fixtures/plans/web-service/plan.yaml', import.meta.url)),
)
const exports = new Map(
  [
    'isStopped',
    'isServing',
    'isDrained',
    'startServer',
    'stopServer',
    'drain',
    'resume',
    'smokeTest',
  ].map((name) => [name, () => true]),
)

/** Cuts, overwrites and inserts at random places, with bytes that mean something in YAML. */
const edit = fc.record({
  at: fc.nat(original.length - 1),
  cut: fc.nat(12),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc
      .constantFrom(
        '[',
        '{',
        '}',
        '&a ',
        '*a',
        '!!x ',
        '? ',
        '- ',
        ': ',
        '\n',
        '\t',
        '"',
        '|\n',
        '%',
        '#',
        'null',
        '.inf',
        '__proto__: ',
        '<<: ',
      )
      .map((text) => new TextEncoder().encode(text)),
  ),
})

const edited = fc
  .array(edit, { minLength: 1, maxLength: 6 })
  .map((edits) =>
    edits.reduce<Uint8Array>(
      (bytes, { at, cut, insert }) =>
        Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + cut)]),
      original,
    ),
  )

it('Any edit of a plan gives a plan or diagnostics with a place inside the text, and never an error', () => {
  fc.assert(
    fc.property(edited, (bytes) => {
      const text = new TextDecoder().decode(bytes)
      const source = parseSource('plan.yaml', text)
      const { plan, diagnostics } = compileDeclaration({
        value: source.value,
        code: codeFromExports(exports),
        locate: (path, at) => ({ file: source.file, ...source.locate(path, at) }),
        folder: undefined,
        version: '',
        taskFiles: new Set(),
        unread: { machine: false, tasks: new Set() },
      })
      const found = [...source.diagnostics, ...diagnostics]
      expect(plan !== undefined || found.length > 0).toBe(true)
      const lines = text.split('\n').length
      for (const { line = 0, column = 0, length = 0 } of found) {
        expect(line).toBeGreaterThan(0)
        expect(line).toBeLessThanOrEqual(lines)
        expect(Math.min(column, length)).toBeGreaterThan(0)
      }
    }),
    { numRuns: 400 },
  )
})

it('Any edit of the file of a plan lets the folder load or be refused with a PlanError', async () => {
  await fc.assert(
    fc.asyncProperty(edited, async (bytes) => {
      const folder = await writeFolder({ 'plan.yaml': bytes })
      const outcome = await loadPlan(folder).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(PlanError)
      else expect(outcome).toHaveProperty('version')
    }),
    { numRuns: 60 },
  )
})
