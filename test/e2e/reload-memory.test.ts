import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SUBJECT = fileURLToPath(new URL('../fixtures/reload/memory.ts', import.meta.url))
/** A version has 160 kB of its own: 400 of them would be 64 MB. */
const NOISE = 4_000_000

it('the memory of versions of a plan that nobody uses any more returns', async () => {
  const argv = ['--expose-gc', SUBJECT]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv)
  const { wrong, refused, alive, growth } = JSON.parse(stdout)
  expect({ wrong, refused, stderr }).toEqual({ wrong: 0, refused: 100, stderr: '' })
  // The last may still be referred to by what has just run.
  expect(alive).toBeLessThanOrEqual(2)
  expect(growth).toBeLessThan(NOISE)
})
