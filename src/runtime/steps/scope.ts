import type { Scope } from '../../plan/expressions/expression.ts'
import type { Plan } from '../../plan/model.ts'
import type { Delivery } from '../deliveries/delivery.ts'

/** What the expressions of a task may name, but for what its machine adds. */
export function toScope(delivery: Delivery, plan: Plan, input: unknown, attempt: number): Scope {
  const { event } = delivery.tasklet
  return {
    // A name without a value stands for nothing, which is an error; data without one is empty.
    input: input ?? null,
    attempt,
    plan: { name: plan.name, version: plan.version },
    dependencies: dependenciesOf(delivery),
    ...(event !== undefined && {
      event: { name: event.name, at: event.at, data: event.data ?? null },
    }),
  }
}

function dependenciesOf({ dependencies }: Delivery): Scope {
  return Object.fromEntries(
    Object.entries(dependencies).map(([key, { status, output, error }]) => [
      key,
      {
        status,
        output: output ?? null,
        error: error && { kind: error.kind, message: error.message },
      },
    ]),
  )
}
