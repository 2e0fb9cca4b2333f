import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { TaskContext } from 'setpoint'
import { expectAnswer } from './portal-client.ts'
import type { Tab } from './tab.ts'

/** Bytes of one piece. */
const PIECE = 1024

export interface StatementFile {
  readonly file: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
  /** Pieces in all, and how many of them this attempt had to fetch. */
  readonly pieces: number
  readonly fetched: number
}

interface KeptPiece {
  readonly text: string
  /** Of the whole statement, in bytes. */
  readonly size: number
}

type Download = Pick<TaskContext, 'step' | 'progress' | 'signal' | 'taskletId'>

/**
 * Fetches the statement piece by piece. The pieces are kept with the tasklet, so a later attempt
 * fetches only those that are missing. The file gets its name once it is whole, and the same
 * statement twice is one file.
 */
export async function fetchStatement(
  tab: Tab,
  year: number,
  folder: string,
  download: Download,
): Promise<StatementFile> {
  const path = `/statements/${year}.csv`
  const texts: string[] = []
  let fetched = 0
  const pieceAt = (at: number) =>
    download.step(`piece ${at + 1}`, async (): Promise<KeptPiece> => {
      const piece = await tab.download(path, at * PIECE, (at + 1) * PIECE - 1)
      expectAnswer(piece.status, '')
      fetched += 1
      return { text: piece.bytes.toString('base64'), size: piece.size }
    })

  for (let pieces = 1; texts.length < pieces; ) {
    download.signal.throwIfAborted()
    const { text, size } = await pieceAt(texts.length)
    texts.push(text)
    pieces = Math.ceil(size / PIECE)
    download.progress(texts.length / pieces, `piece ${texts.length} of ${pieces}`)
  }
  const bytes = Buffer.concat(texts.map((text) => Buffer.from(text, 'base64')))
  const file = join(resolve(folder), `statement-${year}.csv`)
  await writeWhole(file, bytes, download.taskletId)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { file, bytes: bytes.length, sha256, pieces: texts.length, fetched }
}

async function writeWhole(file: string, bytes: Buffer, draftName: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true })
  const draft = join(file, '..', `.${draftName}.partial`)
  try {
    await writeFile(draft, bytes)
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}
