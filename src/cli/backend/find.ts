import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter, Page } from '../../ports/store-messages.ts'

/** Where tasklets can be looked up: a store or a server. */
export interface TaskletSource {
  get(id: string): Promise<Tasklet | undefined>
  list(filter: Pick<ListFilter, 'since' | 'limit' | 'cursor'>): Promise<Page<Tasklet>>
}

const PAGE = 500
const MOST_PAGES = 20
const SHORTEST_PREFIX = 4
const TIME_DIGITS = 12
/** Ids are made a little ahead of the clock when many are made within one millisecond. */
const CLOCK_MARGIN = 1000

/**
 * The tasklet with the id, or the only one whose id starts that way.
 * @throws {InputError} when there is none or more than one.
 */
export async function findTasklet(source: TaskletSource, id: string): Promise<Tasklet> {
  const exact = await source.get(id)
  if (exact !== undefined) return exact
  const found =
    /^[0-9a-f-]+$/.test(id) && id.length >= SHORTEST_PREFIX ? await startingWith(source, id) : []
  const [only] = found
  if (only === undefined) throw new InputError(`there is no tasklet ${id}: see setpoint tasks ls`)
  if (found.length === 1) return only
  const shown = found.slice(0, 5).map((each) => each.id)
  throw new InputError(
    `${id} is the start of several ids: ${shown.join(', ')}${found.length > 5 ? ', …' : ''}`,
  )
}

async function startingWith(source: TaskletSource, prefix: string): Promise<readonly Tasklet[]> {
  const found: Tasklet[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, ...rest } = await source.list({ since: earliest(prefix), limit: PAGE, cursor })
    found.push(...items.filter((tasklet) => tasklet.id.startsWith(prefix)))
    cursor = rest.cursor
    if (cursor === undefined) return found
  }
  throw new InputError(`too many tasklets are newer than ${prefix}: give the full id`)
}

/** An id begins with its time, so no older record can start with the prefix. */
function earliest(prefix: string): number {
  const digits = prefix.replaceAll('-', '').slice(0, TIME_DIGITS).padEnd(TIME_DIGITS, '0')
  return Math.max(0, Number.parseInt(digits, 16) - CLOCK_MARGIN)
}
