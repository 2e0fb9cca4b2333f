import { entriesOf, isRecord, ownValue } from '../data.ts'

/**
 * The JSON Schema with every default for a map completed by the defaults of its properties, so that
 * `default: {}` means what an empty map would.
 */
export function completeDefaults(schema: unknown): unknown {
  if (!isRecord(schema)) return schema
  const properties = ownValue(schema, 'properties')
  const items = ownValue(schema, 'items')
  const completed = {
    ...schema,
    ...(isRecord(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, completeDefaults(each)]),
      ),
    }),
    ...(isRecord(items) && { items: completeDefaults(items) }),
  }
  const given = ownValue(completed, 'default')
  return given === undefined
    ? completed
    : { ...completed, default: completeValue(completed, given) }
}

/** The value with what its schema would have given for each key that it lacks. */
function completeValue(schema: unknown, value: unknown): unknown {
  if (!isRecord(value)) return value
  const completed = entriesOf(ownValue(schema, 'properties')).flatMap(([name, property]) => {
    const own = ownValue(value, name)
    const filled = own === undefined ? ownValue(property, 'default') : completeValue(property, own)
    return filled === undefined ? [] : [[name, filled] as const]
  })
  return { ...value, ...Object.fromEntries(completed) }
}
