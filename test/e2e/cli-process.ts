import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
export const BIN = join(ROOT, 'src/cli/bin.ts')
export const KILN_PLANS = join(ROOT, 'test/fixtures/cli/plans')
export const BROKEN_PLAN = join(ROOT, 'test/fixtures/cli/broken')

export interface CliResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliProcess {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
  /** What has come until now. */
  readonly texts: { readonly stdout: string; readonly stderr: string }
  /** Resolves when stderr holds the text; rejects when the process ends before. */
  said(text: string): Promise<void>
  /** The same of stdout. */
  printed(text: string): Promise<void>
}

export interface CliPlace {
  readonly folder: string
  start(command: readonly string[], options?: StartOptions): CliProcess
  run(...argv: readonly string[]): Promise<CliResult>
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Undefined: there is none; null: it stays open. */
  readonly stdin?: string | null
}

/** A fresh folder with a kiln in the given state, in which the command line is started. */
export function freshPlace(state = 'cold'): CliPlace {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-e2e-'))
  writeFileSync(join(folder, 'kiln'), state)
  const children = new Set<ChildProcess>()
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const start = (command: readonly string[], options: StartOptions = {}): CliProcess => {
    const [file = process.execPath, ...args] = command
    const child = spawn(file, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], SETPOINT_TEST_KILN: join(folder, 'kiln'), ...options.env },
    })
    children.add(child)
    if (options.stdin !== null) child.stdin.end(options.stdin ?? '')
    return followed(child)
  }
  return {
    folder,
    start,
    run: (...argv) => start([process.execPath, BIN, ...argv]).ended,
  }
}

function followed(child: ChildProcess): CliProcess {
  const texts = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text
  })
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, ...texts }))
  })
  const holds = (name: 'stdout' | 'stderr') => (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (texts[name].includes(text)) resolve()
      }
      child[name]?.on('data', look)
      child.once('close', () => reject(new Error(`ended without "${text}": ${texts.stderr}`)))
      look()
    })
  return { child, ended, texts, said: holds('stderr'), printed: holds('stdout') }
}
