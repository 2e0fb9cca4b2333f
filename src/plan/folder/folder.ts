import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { quote } from '../diagnostic.ts'

export type FileRead =
  | { readonly state: 'read'; readonly realPath: string; readonly content: Buffer }
  | { readonly state: 'missing' }
  | { readonly state: 'refused'; readonly rule: string; readonly message: string }

/**
 * Reads a file below a folder. A name or a link that leads out of the folder is refused, and so is
 * what is not a plain file (reading a pipe would wait for ever). `root` is a real path.
 */
export async function readInside(root: string, name: string, maxBytes: number): Promise<FileRead> {
  const path = resolve(root, name)
  const outside = `${quote(name)} leads out of the plan's folder`
  if (!isInside(root, path)) return { state: 'refused', rule: 'outside-folder', message: outside }
  try {
    const real = await realpath(path)
    if (!isInside(root, real)) return { state: 'refused', rule: 'outside-folder', message: outside }
    const { size, isFile } = await describe(real)
    if (!isFile) return unreadable(`${quote(name)} is not a file`)
    if (size > maxBytes) {
      const message = `the file is larger than ${maxBytes / 1024} KiB`
      return { state: 'refused', rule: 'too-large', message }
    }
    return { state: 'read', realPath: real, content: await readFile(real) }
  } catch (error) {
    if (isAbsence(error)) return { state: 'missing' }
    return unreadable(`${quote(name)} cannot be read: ${(error as Error).message}`)
  }
}

async function describe(path: string) {
  const found = await stat(path)
  return { size: found.size, isFile: found.isFile() }
}

function unreadable(message: string): FileRead {
  return { state: 'refused', rule: 'unreadable', message }
}

function isInside(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** Whether a file system error says that there is nothing of this name. */
export function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/**
 * Everything below a subfolder that is not a folder, in order, named from the root with slashes.
 * Links are named, not followed. No subfolder is the same as an empty one.
 */
export async function listInside(root: string, subfolder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(root, subfolder), { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort()
  } catch (error) {
    if (isAbsence(error)) return []
    throw error
  }
}
