import { fromCallback } from 'xstate'
import type { ScheduleEvent, ScheduleEventType } from '../../../machines/schedule.ts'

export type Send = (type: ScheduleEventType) => void

/** Work of one state of the machine: told to stop when the state is left. */
export function toEffect(
  work: (signal: AbortSignal) => Promise<ScheduleEventType>,
  hooks: { entered(send: Send): void; crashed(error: unknown): void },
) {
  return fromCallback<ScheduleEvent>(({ sendBack }) => {
    const controller = new AbortController()
    const { signal } = controller
    const send: Send = (type) => {
      if (!signal.aborted) sendBack({ type })
    }
    hooks.entered(send)
    work(signal).then(send, (error: unknown) => {
      if (signal.aborted) return
      hooks.crashed(error)
      send('effect.crashed')
    })
    return () =>
      controller.abort(new DOMException('the schedule does something else', 'AbortError'))
  })
}
