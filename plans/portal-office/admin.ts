import type { IncomingMessage } from 'node:http'
import { type Answer, Refusal } from './answers.ts'
import type { Sessions } from './sessions.ts'

/** What `GET /health` answers. */
export interface Health {
  readonly runId: string
  readonly pid: number
}

export interface AdminOptions {
  readonly runId: string
  readonly stop: () => void
}

/** What whoever runs the portal asks of it and tells it. */
export function createAdmin({ runId, stop }: AdminOptions, sessions: Sessions) {
  const health: Health = { runId, pid: process.pid }
  return {
    'GET health': (): Answer => ({ status: 200, body: health }),
    /** `?after=N` lets N more pieces pass first; `&hang` leaves the next one without an answer. */
    'POST end-sessions': (_: IncomingMessage, { searchParams }: URL): Answer => {
      const after = Number(searchParams.get('after') ?? 0)
      if (!Number.isSafeInteger(after) || after < 0) {
        throw new Refusal(400, '"after" is a number of pieces, 0 or more.')
      }
      sessions.plan({ after, hang: searchParams.has('hang') })
      return { status: 202, body: health }
    },
    'POST stop': (request: IncomingMessage): Answer => {
      const meant = request.headers['x-run-id']
      if (meant !== undefined && meant !== runId) {
        throw new Refusal(409, `This is run ${runId}, not ${meant}.`)
      }
      stop()
      return { status: 202, body: health }
    },
  }
}
