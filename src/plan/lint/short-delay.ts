import { entriesOf, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Rule } from './rule.ts'

/** Nothing that people wait for in the world takes less; a bare number is milliseconds. */
const SHORTEST = 100

export const shortDelay: Rule = {
  name: 'short-delay',
  about: 'a bare number under `after` so small that seconds were probably meant',
  check({ outline }) {
    const states = outline === undefined ? [] : [outline.root, ...outline.states]
    return states.flatMap(({ config, at }) =>
      entriesOf(ownValue(config, 'after')).flatMap(([delay]) => {
        const milliseconds = Number(delay)
        if (!(milliseconds > 0 && milliseconds < SHORTEST)) return []
        const message = `${quote(delay)} is ${delay} milliseconds`
        return [
          {
            path: [...at, 'after', delay],
            at: 'key',
            message,
            expected: `${delay}s or ${delay}ms`,
          },
        ]
      }),
    )
  },
}
