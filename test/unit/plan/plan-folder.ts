import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Diagnostic } from '../../../src/plan/diagnostic.ts'
import { PlanError } from '../../../src/plan/diagnostic.ts'

/** Writes a folder that lives as long as the test that asked for it. */
export async function writeFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'setpoint-plan-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return folder
}

/** What a plan was refused for. Anything but a PlanError is a failure of the test. */
export async function diagnosticsOf(loading: unknown): Promise<readonly Diagnostic[]> {
  try {
    await (typeof loading === 'function' ? loading() : loading)
  } catch (error) {
    if (error instanceof PlanError) return error.diagnostics
    throw error
  }
  return []
}

/** The rule and the exact text at fault, as a reader sees it in the file. */
export function faultOf(diagnostic: Diagnostic, text: string) {
  const { rule, path, line = 0, column = 0, length = 0 } = diagnostic
  const source = text.split('\n')[line - 1] ?? ''
  return { rule, path, line, text: source.slice(column - 1, column - 1 + length) }
}
