import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { InterruptSignal, Io, Output } from '../../../src/cli/io.ts'
import { run } from '../../../src/cli/main.ts'

export const KILN_PLANS = join(import.meta.dirname, '../../fixtures/cli/plans')
export const BROKEN_PLAN = join(import.meta.dirname, '../../fixtures/cli/broken')

export interface Collected {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CollectedIo extends Io {
  readonly texts: { readonly stdout: string; readonly stderr: string }
  readonly exits: readonly number[]
  interrupt(signal?: InterruptSignal): void
  /** Resolves when stderr holds the text. */
  said(text: string): Promise<void>
  /** Resolves when stdout holds the text. */
  printed(text: string): Promise<void>
}

/** The surroundings of a command whose outputs are no terminal and are kept. */
export function collectedIo(stdin = ''): CollectedIo {
  const texts = { stdout: '', stderr: '' }
  const exits: number[] = []
  const listeners = new Set<(signal: InterruptSignal) => void>()
  const waiting = new Set<() => void>()
  const collect = (name: 'stdout' | 'stderr'): Output =>
    new Writable({
      write(chunk, _, done) {
        texts[name] += String(chunk)
        for (const look of waiting) look()
        done()
      },
    })
  const holds = (name: 'stdout' | 'stderr', text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!texts[name].includes(text)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return {
    texts,
    exits,
    stdin: (async function* () {
      yield stdin
    })(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: {},
    onInterrupt(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    exit: (code) => void exits.push(code),
    interrupt(signal = 'SIGINT') {
      for (const listener of [...listeners]) listener(signal)
    },
    said: (text) => holds('stderr', text),
    printed: (text) => holds('stdout', text),
  }
}

/** Runs a command line and keeps what it printed. */
export async function runCollected(argv: readonly string[], stdin?: string): Promise<Collected> {
  const io = collectedIo(stdin)
  const code = await run(argv, io)
  return { code, ...io.texts }
}

/** A fresh folder with a kiln in the given state; gone after the test. */
export function freshKiln(state = 'cold'): { readonly folder: string; readonly db: string } {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-cli-'))
  const kiln = join(folder, 'kiln')
  writeFileSync(kiln, state)
  process.env['SETPOINT_TEST_KILN'] = kiln
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, db: join(folder, 'setpoint.db') }
}
