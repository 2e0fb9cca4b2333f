import { quote } from '../diagnostic.ts'
import { edgeTask } from '../world/edges.ts'
import type { Rule } from './rule.ts'

/** An edge without a task is for events from outside, so only mixed use of an event is suspicious. */
export const tasklessEdge: Rule = {
  name: 'taskless-edge',
  about: 'an edge without a task whose event has a task elsewhere: no plan takes it',
  check({ edges }) {
    const sent = edges.filter(({ kind }) => kind === 'on')
    return sent.flatMap((edge) => {
      const alike = sent.find(
        ({ event, ...rest }) => event === edge.event && edgeTask({ event, ...rest }),
      )
      if (alike === undefined || edgeTask(edge) !== undefined || edge.targets.length === 0)
        return []
      const message = `this edge names no task, and ${quote(edge.event)} has ${quote(edgeTask(alike))} elsewhere: no plan takes it`
      return [{ path: edge.at, at: 'key', message }]
    })
  },
}
