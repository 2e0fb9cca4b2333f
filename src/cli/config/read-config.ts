import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InputError } from '../../core/errors.ts'
import { type Diagnostic, formatDiagnostic } from '../../plan/diagnostic.ts'
import { toDiagnostic } from '../../plan/finding.ts'
import { findShapeMistakes } from '../../plan/schema/findings.ts'
import { parseSource } from '../../plan/source/source.ts'
import { type ConfigFile, ConfigSchema } from './schema.ts'

const CONFIG_FILES = ['setpoint.config.ts', 'setpoint.config.json'] as const

export interface FoundConfig {
  /** As it is named in messages. */
  readonly file: string
  readonly values: ConfigFile
}

/**
 * What the file in the folder says; undefined when there is none.
 * @throws {InputError} for everything that is wrong, each with its place and the nearest name.
 */
export async function readConfig(folder: string): Promise<FoundConfig | undefined> {
  const found = CONFIG_FILES.filter((file) => existsSync(resolve(folder, file)))
  const [file, other] = found
  if (file === undefined) return undefined
  if (other !== undefined) throw new InputError(`${file} and ${other} are both there: keep one`)
  const path = resolve(folder, file)
  const values = file.endsWith('.json') ? await readJson(path, file) : await readModule(path, file)
  return { file, values }
}

async function readJson(path: string, file: string): Promise<ConfigFile> {
  const source = parseSource(file, await readFile(path, 'utf8'))
  const locate: Parameters<typeof toDiagnostic>[1] = (where, at) => ({
    file,
    ...source.locate(where, at),
  })
  const { value, diagnostics, text } = source
  if (diagnostics.length > 0) throw refusal(file, diagnostics, text)
  return checked(value, file, locate, text)
}

/** Its default export, or one named `config`. */
async function readModule(path: string, file: string): Promise<ConfigFile> {
  const exports = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InputError(`${file} cannot be loaded: ${reason}`, { cause })
  })
  const value: unknown = exports.default ?? exports.config
  if (value === undefined) {
    throw new InputError(`${file} exports nothing: write "export default { … }"`)
  }
  return checked(value, file, () => ({ file }))
}

function checked(
  value: unknown,
  file: string,
  locate: Parameters<typeof toDiagnostic>[1],
  text?: string,
): ConfigFile {
  const findings = findShapeMistakes(ConfigSchema, value)
  const diagnostics = findings.map((finding) => toDiagnostic(finding, locate))
  if (diagnostics.length > 0) throw refusal(file, diagnostics, text)
  return ConfigSchema.parse(value)
}

function refusal(file: string, diagnostics: readonly Diagnostic[], text?: string): InputError {
  const shown = diagnostics.map((each) => {
    const place = each.line === undefined && each.path !== '' ? `${file}, ${each.path}` : file
    return formatDiagnostic({ ...each, file: each.line === undefined ? place : file }, text)
  })
  return new InputError(`${file} cannot be used:\n${shown.join('\n')}`)
}
