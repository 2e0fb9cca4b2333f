import { entriesOf, isRecord, listOf, ownValue } from '../data.ts'
import { quote } from '../diagnostic.ts'
import type { Rule } from './rule.ts'

export const unusedResource: Rule = {
  name: 'unused-resource',
  about: 'a resource that no task asks for',
  check({ value }) {
    const asked = new Set(
      entriesOf(ownValue(value, 'tasks')).flatMap(([, task]) =>
        listOf(ownValue(task, 'resources')).flatMap(namesIn),
      ),
    )
    return entriesOf(ownValue(value, 'resources')).flatMap(([name]) => {
      if (asked.has(name)) return []
      return [{ path: ['resources', name], at: 'key', message: `no task asks for ${quote(name)}` }]
    })
  },
}

function namesIn(written: unknown): readonly string[] {
  if (isRecord(written)) return Object.keys(written)
  return typeof written === 'string' ? [written.split(':')[0] ?? ''] : []
}
