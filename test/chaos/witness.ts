import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs'
import type { Runtime } from '../../src/runtime/runtime.ts'
import type { Kind } from './work.ts'

/** One start of a tasklet; `delivery` counts from 1. */
export interface DeliveryRef {
  readonly id: string
  readonly delivery: number
}

/**
 * What happened, told by whoever did it, in a file that no store knows. Lines stand in the order in
 * which they were written, whichever process wrote them.
 */
export type WitnessLine =
  /** The store has acknowledged the submission of this number. */
  | { readonly what: 'acknowledged'; readonly n: number; readonly id: string }
  /** A handler begins; `world` is where it sees the world. */
  | {
      readonly what: 'start'
      readonly id: string
      readonly kind: Kind
      readonly pid: number
      readonly world: string
    }
  /** A handler has had its effect. */
  | {
      readonly what: 'end'
      readonly id: string
      readonly kind: Kind
      readonly pid: number
      readonly world: string
      readonly output: number
    }
  /** A handler throws. */
  | { readonly what: 'threw'; readonly id: string; readonly kind: Kind; readonly pid: number }
  /** A runtime says that a tasklet is final. */
  | { readonly what: 'settled'; readonly id: string; readonly status: string; readonly pid: number }
  /** A runtime says that its settlement was refused. */
  | {
      readonly what: 'lost'
      readonly id: string
      readonly holder: string | undefined
      readonly pid: number
    }
  /** A process was killed while the store said that these deliveries were running. */
  | { readonly what: 'dead'; readonly pid: number; readonly running: readonly DeliveryRef[] }
  /** A service, or the way to it, fails, or is there again. */
  | { readonly what: 'failed' | 'returned'; readonly outage: string }

/** A line with the time at which it was written; milliseconds since the epoch. */
export type TimedLine = WitnessLine & { readonly at: number }

/** Appends to the witness. A line that was written survives the process. */
export class Witness {
  readonly #descriptor: number

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a')
  }

  write(...lines: readonly WitnessLine[]): void {
    const at = Date.now()
    // One write for each call, to a file that is open for appending: lines of several processes
    // stand one after the other and never mix.
    const text = lines.map((line) => `${JSON.stringify({ ...line, at })}\n`).join('')
    writeSync(this.#descriptor, text)
  }

  /** On the disk when it returns. */
  sync(): void {
    fsyncSync(this.#descriptor)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

export function readWitness(file: string): readonly TimedLine[] {
  return existsSync(file) ? parseLines(readFileSync(file, 'utf8')) : []
}

/** Reads what is added to a witness from now on, while others write it. */
export class WitnessTail {
  readonly #descriptor: number
  #offset: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a+')
    this.#offset = fstatSync(this.#descriptor).size
  }

  /** The lines since the last call. */
  read(): readonly TimedLine[] {
    const added = Buffer.alloc(fstatSync(this.#descriptor).size - this.#offset)
    this.#offset += readSync(this.#descriptor, added, 0, added.length, this.#offset)
    const text = Buffer.concat([this.#rest, added])
    const end = text.lastIndexOf('\n') + 1
    this.#rest = text.subarray(end)
    return parseLines(text.toString('utf8', 0, end))
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function parseLines(text: string): readonly TimedLine[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as TimedLine)
}

/** Writes down what a runtime says of ends and of leases that it has lost. */
export function witnessSettlements(runtime: Runtime, witness: Witness): void {
  for (const status of ['completed', 'failed', 'cancelled'] as const) {
    runtime.events.on(`tasklet.${status}`, ({ data: { tasklet } }) => {
      witness.write({ what: 'settled', id: tasklet.id, status, pid: process.pid })
    })
  }
  runtime.events.on('lease.lost', ({ data }) => {
    witness.write({ what: 'lost', id: data.taskletId, holder: data.holder, pid: process.pid })
  })
}
