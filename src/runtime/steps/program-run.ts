import type { AnyActorRef, PromiseActorLogic } from 'xstate'
import type { Scope } from '../../plan/expressions/expression.ts'
import type { Performance, RetryPause, StepActors, StepProgram } from '../../plan/steps/program.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { abortable, type Given } from './abortable.ts'
import { startMachine } from './machine-actor.ts'

export interface ProgramRun {
  readonly program: StepProgram
  readonly scope: Scope
  readonly parent: AnyActorRef
  readonly signal: AbortSignal
  perform(given: Given<Performance>): Promise<unknown>
  pause(given: Given<RetryPause>): Promise<void>
  /** What is thrown for the error of a step; its key is empty where the machine itself failed. */
  failed(error: unknown, step: string): unknown
}

/**
 * Runs the machine of a program: its output. Rejects with what the steps threw, or with the signal's
 * reason; in any case only after all that the machine started has really ended.
 */
export async function runProgram(run: ProgramRun): Promise<unknown> {
  const { program, scope, parent, signal } = run
  signal.throwIfAborted()
  const underWay = new Set<Promise<unknown>>()
  const tracked = <Input, T>(
    work: (given: Given<Input>) => Promise<T>,
  ): PromiseActorLogic<T, Input> =>
    abortable((given) => {
      const working = work(given)
      const ended: Promise<unknown> = working.then(
        () => underWay.delete(ended),
        () => underWay.delete(ended),
      )
      underWay.add(ended)
      return working
    })
  const actors: StepActors = { perform: tracked(run.perform), pause: tracked(run.pause) }
  const actor = startMachine(program.machine.provide({ actors: { ...actors } }), {
    parent,
    id: 'steps',
    input: { scope },
  })
  try {
    const output = await unlessAborted(actor.ended, signal)
    if (output.status === 'failed') throw run.failed(output.error, output.step)
    return output.output
  } finally {
    actor.halt()
    while (underWay.size > 0) await Promise.all(underWay)
  }
}
