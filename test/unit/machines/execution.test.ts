import { describe, expect, it } from 'vitest'
import { createActor, fromCallback } from 'xstate'
import { type ExecutionEvent, executionMachine } from '../../../machines/execution.ts'

function startExecution() {
  const effects: string[] = []
  const note = (name: string) => () => void effects.push(name)
  const logic = executionMachine.provide({
    actions: {
      adoptTasklets: (_, { tasklets }) => void effects.push(`adopt ${tasklets.length}`),
      returnTasklets: (_, { tasklets }) => void effects.push(`return ${tasklets.length}`),
      abortTasklets: note('abort'),
      reportIdle: note('reportIdle'),
      announceDrained: note('announceDrained'),
    },
  })
  const actor = createActor(logic)
  actor.start()
  return { actor, effects, send: (event: ExecutionEvent) => actor.send(event) }
}

const claimed = { type: 'tasklets.claimed', queue: 'main', tasklets: [] } as const

describe('the execution machine', () => {
  it('adopts what the queues have claimed', () => {
    const { effects, send } = startExecution()
    send(claimed)
    send(claimed)
    expect(effects).toEqual(['adopt 0', 'adopt 0'])
  })

  it('gives a late claim back while it drains, and is drained when nothing is left', () => {
    const { actor, effects, send } = startExecution()
    send({ type: 'execution.drain' })
    send(claimed)
    send({ type: 'execution.idle' })
    expect(effects).toEqual(['reportIdle', 'return 0', 'announceDrained'])
    expect(actor.getSnapshot()).toMatchObject({ value: 'drained', status: 'done' })
  })

  it('tells running work to stop when the deadline passes, and still waits for its end', () => {
    const { actor, effects, send } = startExecution()
    send({ type: 'execution.drain' })
    send({ type: 'execution.abort' })
    send(claimed)
    expect(actor.getSnapshot().value).toEqual({ stopping: 'aborting' })
    send({ type: 'execution.idle' })
    expect(effects).toEqual(['reportIdle', 'abort', 'reportIdle', 'return 0', 'announceDrained'])
    expect(actor.getSnapshot().status).toBe('done')
  })

  it('does not take a word about idleness for a wish to stop', () => {
    const { actor, send } = startExecution()
    send({ type: 'execution.idle' })
    expect(actor.getSnapshot().value).toBe('working')
  })

  it('stops the actor of a delivery that is over', () => {
    const { actor, send } = startExecution()
    const tasklet = createActor(
      fromCallback(() => {}),
      { parent: actor } as object,
    )
    tasklet.start()
    send({ type: 'tasklet.released', actor: tasklet })
    expect(tasklet.getSnapshot().status).toBe('stopped')
  })
})
