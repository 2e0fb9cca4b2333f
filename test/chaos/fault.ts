/** One number of the table. With `expected` it must be exactly that; without, it only informs. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly expected?: number
  /** What is at fault, for the reader of a failed run. */
  readonly details?: readonly string[]
}

export interface FaultContext {
  /** Repeats every choice of the case. */
  readonly seed: number
  readonly form: 'full' | 'short'
  /** An empty folder of its own, removed when the case is over. */
  readonly folder: string
  /** One line about how far the case is. */
  readonly progress: (line: string) => void
}

/** A server that a fault starts for itself, and must find installed therefore. */
export type ServerName = 'mysql' | 'postgres' | 'redis' | 'rabbitmq'

/** A fault that is really inflicted, and the figures that came out. */
export interface Fault {
  /** Such as `R1`. */
  readonly id: string
  readonly title: string
  /** What is done, as a sentence for docs/reliability.md. */
  readonly description: string
  readonly needs?: readonly ServerName[]
  /** It has no short form. */
  readonly isLong?: boolean
  inflict(context: FaultContext): Promise<readonly Figure[]>
}

export function isViolated({ value, expected }: Figure): boolean {
  return expected !== undefined && value !== expected
}

/** A figure that counts what must not happen, and names the first few that did. */
export function none(name: string, offenders: readonly string[]): Figure {
  return { name, value: offenders.length, expected: 0, details: offenders.slice(0, 5) }
}
