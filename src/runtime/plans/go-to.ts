import type { Task } from '../../plan/model.ts'
import { bareTask } from '../../plan/tasks/bare-task.ts'

/** The task that only moves the world: `goTo` submits it with the state as its requirement. */
export const GO_TO = '$go-to'

export function goTo(plan: string): Task {
  return { ...bareTask(plan, GO_TO), title: 'Bring the world into a state' }
}
