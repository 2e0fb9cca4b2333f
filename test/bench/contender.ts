import type { Benchmark, Contender, Form } from './benchmark.ts'
import type { Outcome } from './outcome.ts'

/** The parent asks for rounds, one at a time. */
export interface RunRequest {
  readonly round: number
}

export type RunReply = { readonly outcome: Outcome } | { readonly error: string }

// A process of its own for one contender, so that no other's heap or compiled code is in its way.

const [file = '', form = '', group = '', name = ''] = process.argv.slice(2)
const contender = await findContender(file, form as Form, group, name)

process.on('message', ({ round }: RunRequest) => void reply(round))
process.on('disconnect', () => process.exit())

async function findContender(
  file: string,
  form: Form,
  group: string,
  name: string,
): Promise<Contender> {
  const { benchmark } = (await import(file)) as { readonly benchmark: Benchmark }
  const found = benchmark
    .groups(form)
    .find((each) => each.name === group)
    ?.contenders.find((each) => each.name === name)
  if (found === undefined) throw new RangeError(`${benchmark.id} has no "${name}" in "${group}"`)
  return found
}

async function reply(round: number): Promise<void> {
  // What an earlier round left behind is no part of this one.
  globalThis.gc?.()
  try {
    send({ outcome: await contender.run(round) })
  } catch (error) {
    send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

function send(message: RunReply): void {
  process.send?.(message)
}
