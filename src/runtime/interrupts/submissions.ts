import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Interrupt } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Intake } from '../intake/intake.ts'
import { type Submission, toTasklet } from '../intake/submission.ts'
import { GO_TO } from '../plans/go-to.ts'
import type { Registry } from '../plans/registry.ts'
import { markOf } from './services.ts'

export interface SubmissionServices {
  readonly clock: Clock
  readonly registry: Pick<Registry, 'requirePlan' | 'requireTask' | 'versions'>
  readonly intake: Pick<Intake, 'tryInsert'>
  newId(): string
}

/** Stores what rules submit: one record of each kind for a rule, until that is settled. */
export class InterruptSubmissions {
  readonly #services: SubmissionServices

  constructor(services: SubmissionServices) {
    this.#services = services
  }

  handler(rule: Interrupt, event: TriggeringEvent): Promise<Tasklet> {
    const { run, input } = rule
    return this.#submit(rule, run, { input, event, key: markOf(rule) })
  }

  return(rule: Interrupt, target: string): Promise<Tasklet> {
    const key = `${markOf(rule)}:return`
    return this.#submit(rule, GO_TO, { input: { target }, requires: [target], key })
  }

  async #submit(
    rule: Interrupt,
    name: string,
    { key, ...given }: Pick<Submission, 'input' | 'event' | 'requires'> & { readonly key: string },
  ): Promise<Tasklet> {
    const { clock, registry, intake, newId } = this.#services
    const plan = registry.versions.declaring(rule) ?? registry.requirePlan(rule.plan)
    const task = plan.tasks.get(name) ?? registry.requireTask(`${rule.plan}/${name}`)
    const options = {
      queue: 'interrupt',
      priority: 0,
      tags: [...task.tags, markOf(rule)],
      unique: { key },
    }
    const submission = { ...given, plan, task, options, source: 'interrupt' } as const
    const record = toTasklet(submission, newId(), clock.now())
    // Before it can be claimed: a rule is brought to its end with the version that declares it.
    if (!registry.versions.isCurrent(plan)) registry.versions.keepFor(record.id, plan)
    const { tasklet } = await intake.tryInsert(record)
    return tasklet
  }
}
