import type { Resident } from '../../../machines/scheduler.ts'
import type { Plan } from '../../plan/model.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import type { Grants } from '../grants/grants.ts'
import type { Intake } from '../intake/intake.ts'
import type { Interrupts } from '../interrupts/interrupts.ts'
import type { Schedules } from '../schedules/schedules.ts'
import type { Worlds } from '../worlds/worlds.ts'
import type { PlanFollower } from './plan-exchange.ts'
import type { Registry } from './registry.ts'

export interface FollowerParts {
  readonly registry: Registry
  readonly worlds: Worlds
  readonly interrupts: Interrupts
  readonly schedules: Schedules
  readonly deliveries: Deliveries
  readonly grants: Grants
  readonly intake: Pick<Intake, 'wakeAll'>
  readonly queues: ReadonlyMap<string, unknown>
  /** Some actors of the root end, and others take their places. */
  exchange(gone: readonly string[], come: readonly Resident[]): void
  report(error: unknown): void
}

/**
 * Everything that is made from a plan, in the order in which it turns to the new version: first what
 * the rules and the work rely on, then the rules, then the work that waits.
 */
export function createFollowers(parts: FollowerParts): readonly PlanFollower[] {
  return [followWorld(parts), followRules(parts), followSchedules(parts), followWork(parts)]
}

function followWorld({ worlds, exchange }: FollowerParts): PlanFollower {
  return {
    replace(plan) {
      const gone = worlds.residents(plan.name).map(({ id }) => id)
      worlds.replace(plan)
      exchange(gone, worlds.residents(plan.name))
    },
  }
}

/** What a rule has submitted runs with the version of the rule, even if it starts only now. */
function followRules({ registry, interrupts, exchange }: FollowerParts): PlanFollower {
  const { versions } = registry
  return {
    replace({ name, interrupts: rules }, previous) {
      interrupts.replace(name, rules, exchange, (rule) => {
        if (previous === undefined) return () => {}
        versions.hold(previous, rule)
        for (const id of rule.own) versions.keepFor(id, previous)
        return () => versions.letGo(previous, rule)
      })
    },
  }
}

function followSchedules({ schedules, exchange, report }: FollowerParts): PlanFollower {
  return {
    replace(plan) {
      const { gone, residents } = schedules.replace(plan)
      exchange(gone, residents)
      schedules.refresh().catch(report)
    },
  }
}

function followWork({ deliveries, grants, intake, queues }: FollowerParts): PlanFollower {
  return {
    replace({ name, tasks }: Plan) {
      deliveries.rebind(name)
      grants.recount(name, ({ tasklet, task }) => tasks.get(tasklet.task) ?? task)
      // What no claim asked for may be known now.
      intake.wakeAll(queues.keys())
    },
  }
}
