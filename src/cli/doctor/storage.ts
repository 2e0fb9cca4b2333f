import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Finding, ok, problem, warning } from './finding.ts'
import { formatBytes, GIB, MIB } from './sizes.ts'

/** What the file system says of itself (man statfs) where SQLite's locks and WAL cannot be trusted. */
const REMOTE: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  16914839: '9p',
  12805120: 'Ceph',
}

const LITTLE = GIB
const TOO_LITTLE = 100 * MIB

/** Rejects when the path may not be used in this way. */
type Probe = (path: string, mode: number) => Promise<void>

/** The folder that the database is in, or will be made in: writable, of this machine, with room. */
export async function checkStorage(
  file: string,
  probe: Probe = access,
): Promise<readonly Finding[]> {
  const folder = await nearestFolder(dirname(resolve(file)))
  const { type, bavail, bsize } = await statfs(folder)
  return [
    await checkWritable(file, folder, probe),
    ...checkRemote(folder, type),
    checkSpace(folder, bavail * bsize),
  ]
}

/** `type`: of the file system, as `statfs` gives it. */
export function checkRemote(folder: string, type: number): readonly Finding[] {
  const remote = REMOTE[type]
  if (remote === undefined) return []
  const message = `${folder} is on ${remote}: what one machine locks and writes another may not see`
  return [problem('folder', message, 'keep the database on a disk of this machine')]
}

async function checkWritable(file: string, folder: string, probe: Probe): Promise<Finding> {
  const readonly = await firstReadonly([folder, file, `${file}-wal`, `${file}-shm`], probe)
  if (readonly === undefined) return ok('folder', `${folder} can be written`)
  const fix = `make it writable for this user (chown, chmod, or the mount), or name another file with --db`
  return problem('folder', `${readonly} cannot be written`, fix)
}

/** What is not there is no obstacle. */
async function firstReadonly(paths: readonly string[], probe: Probe): Promise<string | undefined> {
  for (const path of paths) {
    const code = await probe(path, constants.W_OK).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (code !== undefined && code !== 'ENOENT') return path
  }
  return undefined
}

/** `free`: bytes. */
export function checkSpace(folder: string, free: number): Finding {
  const message = `${formatBytes(free)} free at ${folder}`
  if (free >= LITTLE) return ok('disk', message)
  const fix = 'make room: with a full disk submissions are refused until there is some again'
  return free >= TOO_LITTLE ? warning('disk', message, fix) : problem('disk', message, fix)
}

/** The folder itself, or the nearest above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() || dirname(folder) === folder) return folder
  return nearestFolder(dirname(folder))
}
