import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
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

/** Appends to the witness. A line that was written survives the process. */
export class Witness {
  readonly #descriptor: number

  constructor(file: string) {
    this.#descriptor = openSync(file, 'a')
  }

  write(...lines: readonly WitnessLine[]): void {
    // One write for each call: lines of several processes never mix.
    writeSync(this.#descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  }

  /** On the disk when it returns. */
  sync(): void {
    fsyncSync(this.#descriptor)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

export function readWitness(file: string): readonly WitnessLine[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WitnessLine)
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
