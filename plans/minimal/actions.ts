import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TaskContext } from 'setpoint'

/** The world outside: the kiln is hot while there is this file. */
const FIRE = '.setpoint/minimal/fire'

export function isHot(): boolean {
  return existsSync(FIRE)
}

export function isCold(): boolean {
  return !isHot()
}

export async function heat(): Promise<void> {
  await mkdir(dirname(FIRE), { recursive: true })
  await writeFile(FIRE, 'hot')
}

export async function cool(): Promise<void> {
  await rm(FIRE, { force: true })
}

export function fire({ input, log }: TaskContext<{ piece: string }>): string {
  log.info(`the ${input.piece} is fired`)
  return input.piece
}
