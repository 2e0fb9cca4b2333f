import type { TaskContext } from '../../../../src/plan/handler.ts'
import { makeKiln } from '../../../support/kiln.ts'

type Gate = PromiseWithResolvers<void>

/**
 * A kiln with rules. `fire` burns until its gate opens or it is told to stop; `quench` and `look`
 * answer, each behind a gate of its own.
 */
export function makeBurningKiln(
  interrupts: Record<string, object>,
  checks: Record<string, () => unknown> = {},
) {
  const gates: Record<'fire' | 'quench' | 'look', Gate> & { stop: Gate | undefined } = {
    fire: Promise.withResolvers<void>(),
    quench: Promise.withResolvers<void>(),
    look: Promise.withResolvers<void>(),
    stop: undefined,
  }
  const kiln = makeKiln(
    {
      fire: { requires: 'hot', run: fire },
      load: { requires: 'cold', run: () => void kiln.seen.push(`load in ${kiln.at}`) },
      quench,
      look: async () => {
        kiln.seen.push(`look in ${kiln.at}`)
        await gates.look.promise
      },
    },
    { interrupts, checks },
  )
  return { kiln, gates }

  async function fire({ signal, checkpoint }: TaskContext): Promise<string> {
    kiln.seen.push(`fire in ${kiln.at}`)
    const told = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        kiln.seen.push('fire told to stop')
        resolve()
      })
    })
    await Promise.race([gates.fire.promise, told])
    if (signal.aborted) await gates.stop?.promise
    signal.throwIfAborted()
    await checkpoint()
    return 'fired'
  }

  async function quench({ event, signal }: TaskContext): Promise<void> {
    kiln.seen.push(`quench for ${event?.name}`)
    await Promise.race([
      gates.quench.promise,
      new Promise((resolve) => signal.addEventListener('abort', resolve)),
    ])
    signal.throwIfAborted()
    kiln.at = 'cold'
  }
}
