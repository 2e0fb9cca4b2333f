import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostic.ts'
import { quote } from '../diagnostic.ts'
import type { Source } from '../source/source.ts'
import { parseSource } from '../source/source.ts'
import { SOURCE_LIMITS } from '../source/span.ts'
import { isAbsence, readInside } from './folder.ts'

/** Reads the files of one plan and keeps what it read and what was wrong. */
export interface FolderReader {
  /** The folder as it was given; files are named by it. */
  readonly folder: string
  readonly root: string
  readonly diagnostics: Diagnostic[]
  /** Content of every file that was read, by its name below the folder. */
  readonly contents: Map<string, Buffer>
  /** Text of every file that was read, by the name that diagnostics give it. */
  readonly texts: Map<string, string>
}

/** A file of the plan: there is none, it is of no use (which was reported), or its source. */
export type SourceRead = 'missing' | 'unusable' | Source

/** Undefined, and a diagnostic, when there is no such folder. */
export async function openFolder(
  folder: string,
): Promise<FolderReader | { readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const root = await realpath(folder)
    return { folder, root, diagnostics: [], contents: new Map(), texts: new Map() }
  } catch (error) {
    const reason = isAbsence(error) ? 'there is no such folder' : (error as Error).message
    const message = `${quote(folder)} cannot be opened: ${reason}`
    return { diagnostics: [{ rule: 'no-folder', message, path: '', file: folder }] }
  }
}

export async function readSource(reader: FolderReader, name: string): Promise<SourceRead> {
  const file = join(reader.folder, name)
  const found = await readInside(reader.root, name, SOURCE_LIMITS.bytes)
  if (found.state === 'missing') return 'missing'
  const refuse = (rule: string, message: string): SourceRead => {
    reader.diagnostics.push({ rule, message, path: '', file })
    return 'unusable'
  }
  if (found.state === 'refused') return refuse(found.rule, found.message)
  reader.contents.set(name, found.content)
  const text = decode(found.content)
  if (text === undefined) return refuse('not-utf8', 'the file is not UTF-8 text')
  const source = parseSource(file, text)
  reader.texts.set(file, source.text)
  reader.diagnostics.push(...source.diagnostics)
  return source.value === undefined ? 'unusable' : source
}

function decode(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
