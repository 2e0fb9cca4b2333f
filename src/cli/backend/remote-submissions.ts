import { InputError } from '../../core/errors.ts'
import type { Schemas } from '../../gateway/client/api.ts'
import type { Client } from '../../gateway/client/client.ts'
import { nearestName } from '../../plan/nearest.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import type { Backend } from './backend.ts'
import { given, toTasklet } from './remote-tasks.ts'

type Submissions = Pick<Backend, 'requireTask' | 'submit' | 'submitBatch'>
type Task = Schemas['Plan']['tasks'][number]

/** As a submission to a database has it. */
const BY_HAND = { source: 'manual' } as const

/** Records that are read at once. */
const AT_ONCE = 20

export function remoteSubmissions({ tasks, plans }: Client): Submissions {
  const outcome = async ({ id, created, reason }: Schemas['Accepted']): Promise<InsertOutcome> => {
    const tasklet = toTasklet(await tasks.get(id))
    // The server gives a reason whenever it has created nothing.
    return (created ? { created, tasklet } : { created, tasklet, reason }) as InsertOutcome
  }
  const find = async (fullName: string): Promise<Task> => {
    const [plan = '', ...rest] = fullName.split('/')
    const name = rest.join('/')
    if (name === '') throw new InputError(`"${fullName}" is not of the form plan/task`)
    const known = (await plans.get(plan)).tasks
    const task = known.find((each) => each.name === name)
    if (task === undefined) throw unknownTask(plan, name, known)
    return task
  }
  return {
    async requireTask(task) {
      await find(task)
    },
    async submit({ task, input, options }) {
      const wanted = input ?? emptyInput(await find(task))
      const told = { ...BY_HAND, ...given(options) } as Schemas['SubmitOptions']
      return outcome(await tasks.submit(task, wanted, told))
    },
    async submitBatch(entries) {
      if (entries.length === 0) return new Map()
      const wanted = entries.map(async (entry) => {
        const input = entry.input ?? emptyInput(await find(entry.task))
        const options = { ...BY_HAND, ...entry.options }
        return given({ ...entry, input, options }) as Schemas['NewBatch']['entries'][number]
      })
      const accepted = await tasks.submitBatch(await Promise.all(wanted))
      const outcomes = new Map<string, InsertOutcome>()
      for (let start = 0; start < entries.length; start += AT_ONCE) {
        const some = entries.slice(start, start + AT_ONCE).map(async ({ key }) => {
          const answer = accepted[key]
          if (answer === undefined) throw new Error(`the server has no answer for "${key}"`)
          return [key, await outcome(answer)] as const
        })
        for (const [key, one] of await Promise.all(some)) outcomes.set(key, one)
      }
      return outcomes
    },
  }
}

/** No input at all is an empty map for a task that wants a map. */
function emptyInput({ input }: Task): unknown {
  const isMap =
    typeof input === 'object' && input !== null && Reflect.get(input, 'type') === 'object'
  return isMap ? {} : undefined
}

function unknownTask(plan: string, name: string, tasks: readonly Task[]): InputError {
  const names = tasks.map((task) => task.name)
  const nearest = nearestName(name, names)
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  const list = names.length === 0 ? 'there are none' : names.join(', ')
  return new InputError(`plan "${plan}" has no task "${name}"${hint}\nits tasks: ${list}`)
}
